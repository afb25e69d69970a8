using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Logging;

namespace StepCaRenew.Ca;

/// <summary>Sends a request to the CA; if the CA refuses the certificate, sends it in the next way of the plan.</summary>
/// <param name="request">The request.</param>
/// <param name="client">The CA.</param>
/// <param name="settings">The settings of the CA.</param>
/// <param name="roots">The trusted roots.</param>
/// <param name="plan">The ways; see <see cref="RequestPlan"/>.</param>
/// <param name="keyStore">Makes the key available to TLS.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">The logger.</param>
internal sealed class RequestSender(
    CaRequest request, CaClient client, CaSettings settings, TrustedRoots roots, IReadOnlyList<RequestWay> plan, IKeyStore keyStore, TimeProvider clock, ILogger logger)
{
    // A way that was refused is not used again in a retry.
    private int position;
    private RenewalException? refusal;

    /// <summary>Sends the request once, in as many ways as necessary.</summary>
    /// <param name="onAttempt">Called before each request.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RenewalException">The CA refuses, or cannot be reached.</exception>
    public async Task<CaAnswer> SendAsync(Action onAttempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            onAttempt();
            try
            {
                return await SendAsync(plan[position], cancellationToken).ConfigureAwait(false);
            }
            catch (RenewalException e) when (RefusedCertificate.IsRefusal(e) && position + 1 < plan.Count)
            {
                refusal = e;
                Advance(e);
            }
            // A token is signed with the key in memory. Sending issuers by TLS would not help.
            catch (RenewalException e) when (e.ErrorId == ErrorId.KeyStoreUnavailable && position + 1 < plan.Count && plan[position + 1] == RequestWay.Token)
            {
                Advance(e);
            }
            catch (RenewalException e) when (RefusedCertificate.IsRefusal(e) || (refusal is not null && e.ErrorId == ErrorId.TokenRefused))
            {
                // If the token is refused as well, the refusal of the handshake says more.
                throw new RefusedCertificate(request.Present, roots, client.ServerIssuers).Explain(refusal ?? e, clock.GetUtcNow());
            }
        }
    }

    private void Advance(RenewalException e)
    {
        position++;
        RenewalLog.AskingAgain(logger, settings.Url.Authority, e.Message, plan[position] == RequestWay.Token ? "a token" : "mTLS");
    }

    private async Task<CaAnswer> SendAsync(RequestWay way, CancellationToken cancellationToken)
    {
        var (present, now) = (request.Present, clock.GetUtcNow());
        if (way == RequestWay.Token)
        {
            // The CA accepts a token once, so each request needs a new one.
            var facts = TokenFacts.FromCertificate(present.Leaf, present.Validity.NotAfter < now);
            return await client.RenewByTokenAsync(RenewToken.Create(present, settings.Host, now), facts, cancellationToken).ConfigureAwait(false);
        }

        using var leaf = keyStore.CreateClient(present);
        var identity = new ClientIdentity(leaf, IssuersFor(way));
        var sending = request is CaRequest.Rekey
            ? client.RekeyAsync(identity, request.Key.CreateSigningRequest(present.Leaf.SubjectName), cancellationToken)
            : client.RenewAsync(identity, cancellationToken);
        return await sending.ConfigureAwait(false);
    }

    private IReadOnlyList<X509Certificate2> IssuersFor(RequestWay way)
    {
        if (way == RequestWay.LeafAlone)
            return [];
        var present = request.Present;
        if (refusal is null)
            return present.ReadableChain;
        // The second way of -Rekey on Windows, where .NET stores what it sends: only issuers that chain to the trusted root.
        var verified = IssuerChain.FindVerified(present.Leaf, present.ReadableChain, roots, clock.GetUtcNow());
        if (verified.Count == 0)
            throw refusal;
        RenewalLog.IssuersShown(logger, string.Join(", ", verified.Select(issuer => issuer.Subject)), settings.Url.Authority);
        return verified;
    }
}
