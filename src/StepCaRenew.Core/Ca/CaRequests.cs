using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Logging;

namespace StepCaRenew.Ca;

/// <summary>Asks the CA for a certificate, in one way after the other as long as it refuses the present one.</summary>
/// <param name="client">The CA.</param>
/// <param name="settings">Which CA it is.</param>
/// <param name="roots">The trusted roots.</param>
/// <param name="pair">The present certificate and key.</param>
/// <param name="newKey">The key of the new certificate; null for the present one.</param>
/// <param name="plan">The ways; see <see cref="RequestPlan"/>.</param>
/// <param name="keyStore">Where TLS takes the key from.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Told of every change of the way.</param>
internal sealed class CaRequests(
    CaClient client, CaSettings settings, TrustedRoots roots, CertificatePair pair, PrivateKey? newKey, IReadOnlyList<RequestWay> plan, IKeyStore keyStore, TimeProvider clock, ILogger logger)
{
    // What was refused once is not asked again after a pause.
    private int position;
    private RenewalException? refusal;

    /// <summary>Asks once, by as many ways as it takes.</summary>
    /// <param name="onAttempt">Told of each request.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RenewalException">The CA refuses, or cannot be reached.</exception>
    public async Task<CaAnswer> AskAsync(Action onAttempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            onAttempt();
            try
            {
                return await AskAsync(plan[position], cancellationToken).ConfigureAwait(false);
            }
            catch (RenewalException e) when (RefusedCertificate.IsRefusal(e) && position + 1 < plan.Count)
            {
                refusal = e;
                Advance(e);
            }
            // A token is signed here, with the key in memory. More issuers in TLS would not help.
            catch (RenewalException e) when (e.ErrorId == ErrorId.KeyStoreUnavailable && position + 1 < plan.Count && plan[position + 1] == RequestWay.Token)
            {
                Advance(e);
            }
            catch (RenewalException e) when (RefusedCertificate.IsRefusal(e) || (refusal is not null && e.ErrorId == ErrorId.TokenRefused))
            {
                // A token that is refused as well says less than the handshake did.
                throw new RefusedCertificate(pair, roots, client.ServerIssuers).Explain(refusal ?? e, clock.GetUtcNow());
            }
        }
    }

    private void Advance(RenewalException e)
    {
        position++;
        RenewalLog.AskingAgain(logger, settings.Url.Authority, e.Message, plan[position] == RequestWay.Token ? "a token" : "mTLS");
    }

    private async Task<CaAnswer> AskAsync(RequestWay way, CancellationToken cancellationToken)
    {
        if (way == RequestWay.Token)
        {
            // A token is good once, so that each request has its own.
            var facts = TokenFacts.FromCertificate(pair.Leaf, pair.Validity.NotAfter < clock.GetUtcNow());
            return await client.RenewByTokenAsync(RenewToken.Create(pair, settings.Host, clock.GetUtcNow()), facts, cancellationToken).ConfigureAwait(false);
        }

        using var leaf = keyStore.CreateClient(pair);
        var identity = new ClientIdentity(leaf, IssuersFor(way));
        var asking = newKey is null
            ? client.RenewAsync(identity, cancellationToken)
            : client.RekeyAsync(identity, newKey.CreateSigningRequest(pair.Leaf.SubjectName), cancellationToken);
        return await asking.ConfigureAwait(false);
    }

    private IReadOnlyList<X509Certificate2> IssuersFor(RequestWay way)
    {
        if (way == RequestWay.LeafAlone)
            return [];
        var issuers = IssuerChain.Of(pair);
        if (refusal is null)
            return issuers;
        // The second way of -Rekey on Windows, where .NET stores what it sends: nothing but what the root vouches for.
        var verified = IssuerChain.Verified(pair.Leaf, issuers, roots, clock.GetUtcNow());
        if (verified.Count == 0)
            throw refusal;
        RenewalLog.IssuersShown(logger, string.Join(", ", verified.Select(issuer => issuer.Subject)), settings.Url.Authority);
        return verified;
    }
}
