using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Logging;

namespace StepCaRenew.Ca;

/// <summary>Sends a request to the CA; if the CA refuses the certificate or the token, sends it in the next way of the plan.</summary>
/// <param name="request">The request.</param>
/// <param name="client">The CA.</param>
/// <param name="shared">The connections that tokens go over; null if the request has one of its own.</param>
/// <param name="settings">The settings of the CA.</param>
/// <param name="roots">The trusted roots.</param>
/// <param name="plan">The ways; see <see cref="RequestPlan"/>.</param>
/// <param name="keyStore">Makes the key available to TLS.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">The logger.</param>
internal sealed class RequestSender(
    CaRequest.ByCertificate request, CaClient client, SharedConnection? shared, CaSettings settings, TrustedRoots roots, IReadOnlyList<RequestWay> plan, IKeyStore keyStore, TimeProvider clock, ILogger logger)
{
    // A way that was refused is not used again in a retry.
    private int position;
    private RenewalException? refusal;
    // The failure of a token in the request just before.
    private RenewalException? tokenFailure;

    /// <summary>Sends the request once, in as many ways as necessary.</summary>
    /// <param name="onAttempt">Called before each request, with its transport.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RenewalException">The CA refuses, or cannot be reached.</exception>
    public async Task<CaAnswer> SendAsync(Action<Transport> onAttempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            var way = plan[position];
            onAttempt(way == RequestWay.Token ? Transport.Token : Transport.Tls);
            var failedBefore = tokenFailure;
            tokenFailure = null;
            try
            {
                var answer = await SendAsync(way, cancellationToken).ConfigureAwait(false);
                RecordSuccess(way, failedBefore);
                return answer;
            }
            // A token that comes first is only the cheaper way: the certificate is tried once by mTLS, and that answer counts.
            catch (RenewalException e) when (way == RequestWay.Token && position + 1 < plan.Count && SharedConnection.MayBeAboutToken(e))
            {
                tokenFailure = e;
                Advance(e);
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

    // A token has failed for its own sake only if mTLS succeeds right after it: after a retry, the CA may have been down meanwhile.
    private void RecordSuccess(RequestWay way, RenewalException? failedToken)
    {
        if (way == RequestWay.Token)
            shared?.RecordAccepted();
        else if (failedToken is not null && shared?.RecordRefused() == true)
            RenewalLog.NoMoreTokens(logger, settings.Url.Authority, failedToken.Message);
    }

    private void Advance(RenewalException e)
    {
        position++;
        RenewalLog.AskingAgain(logger, settings.Url.Authority, e.Message, plan[position] switch
        {
            RequestWay.Token => "a token, with the chain",
            RequestWay.WithChain => "mTLS, with the chain",
            _ => "mTLS",
        });
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
            ? client.RekeyAsync(identity, PemEncoding.WriteString("CERTIFICATE REQUEST", request.Key.CreateSigningRequest(present.Leaf.SubjectName)), cancellationToken)
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
        var verified = roots.FindIssuers(present.Leaf, present.ReadableChain, clock.GetUtcNow()) ?? [];
        if (verified.Count == 0)
            throw refusal;
        RenewalLog.IssuersShown(logger, string.Join(", ", verified.Select(issuer => issuer.Subject)), settings.Url.Authority);
        return verified;
    }
}

/// <summary>Explains why a CA refused a certificate in the TLS handshake, from the chains of both.</summary>
/// <param name="certificate">The refused certificate.</param>
/// <param name="roots">The trusted roots.</param>
/// <param name="serverIssuers">The issuers of the CA's TLS certificate, DER, its present intermediate first.</param>
internal sealed class RefusedCertificate(KeyedCertificate certificate, TrustedRoots roots, IReadOnlyList<byte[]> serverIssuers)
{
    /// <summary>Whether the CA refused the certificate for a reason that may be its chain.</summary>
    public static bool IsRefusal(RenewalException e) => e.ErrorId is ErrorId.ClientCertificateRefused or ErrorId.ClientCertificateUnknownCa;

    /// <summary>The error to report: <paramref name="refusal"/>, or a more exact one.</summary>
    public RenewalException Explain(RenewalException refusal, DateTimeOffset now)
    {
        var issuers = certificate.ReadableChain;
        // If the present intermediate issued it, the chain is not the reason.
        if (serverIssuers.Count == 0 || IsFromServerIssuers())
            return refusal;
        if (issuers.Count == 0)
            return roots.All.Any(root => IsIssuedBy(root)) ? refusal : ChainMissing(refusal);
        return roots.FindIssuers(certificate.Leaf, issuers, now) is { Count: > 0 } ? RootNotServed(refusal) : refusal;
    }

    private bool IsFromServerIssuers()
    {
        foreach (var der in serverIssuers)
        {
            using var issuer = CertificateDecoder.Decode(der);
            if (IsIssuedBy(issuer))
                return true;
        }

        return false;
    }

    // By name and, if both have one, by key identifier (RFC 5280 section 4.2.1.1).
    private bool IsIssuedBy(X509Certificate2 issuer)
    {
        if (!DistinguishedNames.AreEqual(certificate.Leaf.IssuerName, issuer.SubjectName))
            return false;
        var wanted = certificate.Leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var found = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        return wanted is null || found is null || wanted.Value.Span.SequenceEqual(found.Value.Span);
    }

    private RenewalException ChainMissing(RenewalException refusal) => new(
        ErrorId.ChainMissing,
        $"{refusal.Message} '{certificate.Source}' holds only the leaf, and its issuer, '{certificate.Leaf.Issuer}', is not the CA's present intermediate certificate.",
        $"Append the intermediate certificate '{certificate.Leaf.Issuer}' to the file (PEM), from a backup or from the administrator of the CA. If another CA issued the certificate, give that CA's address.", refusal);

    private static RenewalException RootNotServed(RenewalException refusal) => new(
        refusal.ErrorId,
        $"{refusal.Message} The certificate chains to the trusted root, but not through the CA's present intermediate certificate.",
        "If another CA issued the certificate, give that CA's address. If the CA has a new root, have its administrator keep the old root as well until all certificates are renewed, or request a new certificate with Request-StepCertificate -Force. Compare both clocks as well.", refusal);
}
