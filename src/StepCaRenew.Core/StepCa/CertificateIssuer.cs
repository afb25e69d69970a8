using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Logging;

namespace StepCaRenew.StepCa;

/// <summary>Gets a new certificate for a pair from its CA, and verifies it: by mTLS, or by token where that can't be.</summary>
/// <param name="clock">The clock.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
/// <param name="environment">The environment variables.</param>
/// <param name="logger">Told of every step.</param>
internal sealed class CertificateIssuer(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger) : IDisposable
{
    private readonly RootCache roots = new();

    /// <summary>Renews the certificate of a pair.</summary>
    /// <param name="pair">The pair; it matches.</param>
    /// <param name="newKey">The key of the new certificate; null for the present one.</param>
    /// <param name="request">Which CA, and how.</param>
    /// <param name="onAttempt">Told of each time that the CA is asked.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="RenewalException">There is no good answer to be had.</exception>
    public async Task<CaAnswer> IssueAsync(CertificatePair pair, PrivateKey? newKey, RenewalRequest request, Action onAttempt, CancellationToken cancellationToken)
    {
        DemandClientAuth(pair.Leaf);
        var settings = CaSettingsResolver.Resolve(request.Ca, environment);
        var trusted = roots.Load(settings);
        var client = new CaClient(settings, trusted, clock, environment);
        var isExpired = pair.Validity.NotAfter < clock.GetUtcNow();
        var byToken = request.UseToken || isExpired;
        if (byToken && newKey is not null)
            throw RekeyNeedsTls(isExpired);
        if (byToken)
            DemandChain(pair, settings.Url);

        RenewalLog.AskingCa(logger, settings.Url.Authority, byToken ? "token" : "mTLS", settings.RootPath);
        var retry = new RetryPolicy(request.RetryTimeout, clock, random);
        var answer = await retry.RunAsync(
            token =>
            {
                onAttempt();
                return byToken ? AskByTokenAsync(client, pair, settings, isExpired, token) : AskByTlsAsync(client, pair, newKey, token);
            },
            (e, wait) => RenewalLog.Retrying(logger, e.Message, wait.TotalSeconds),
            cancellationToken).ConfigureAwait(false);
        return Verified(pair.Leaf, newKey ?? pair.Key, answer, trusted);
    }

    /// <inheritdoc/>
    public void Dispose() => roots.Dispose();

    private static async Task<CaAnswer> AskByTlsAsync(CaClient client, CertificatePair pair, PrivateKey? newKey, CancellationToken cancellationToken)
    {
        using var certificate = ClientCertificate.Create(pair);
        var asking = newKey is null
            ? client.RenewAsync(certificate, cancellationToken)
            : client.RekeyAsync(certificate, newKey.CreateSigningRequest(pair.Leaf.SubjectName), cancellationToken);
        return await asking.ConfigureAwait(false);
    }

    // A token is good once, so that each attempt has its own.
    private Task<CaAnswer> AskByTokenAsync(CaClient client, CertificatePair pair, CaSettings settings, bool isExpired, CancellationToken cancellationToken) =>
        client.RenewByTokenAsync(RenewToken.Create(pair, settings.Url, clock.GetUtcNow()), isExpired, cancellationToken);

    private CaAnswer Verified(X509Certificate2 old, PrivateKey key, CaAnswer answer, TrustedRoots trusted)
    {
        try
        {
            new AnswerVerifier(trusted, clock).Verify(old, key, answer);
        }
        catch
        {
            answer.Dispose();
            throw;
        }

        RenewalLog.AnswerVerified(logger, answer.Leaf.SerialNumber, answer.Leaf.NotAfter);
        return answer;
    }

    private static void DemandClientAuth(X509Certificate2 leaf)
    {
        if (!ExtendedKeyUsage.AllowsClientAuth(leaf))
            throw new RenewalException(
                ErrorId.NoClientAuth,
                $"The certificate may not authenticate a client, and so not its own renewal: its extended key usage is {string.Join(", ", ExtendedKeyUsage.Of(leaf))}. The CA was not asked.",
                "Add clientAuth to the provisioner's template on the CA and issue the certificate anew.");
    }

    private static RenewalException RekeyNeedsTls(bool isExpired) => new(
        ErrorId.RekeyNeedsTls,
        isExpired ? "The certificate has expired, and an expired one can't get a new key: the CA takes rekeying by mTLS only." : "-Rekey and -UseToken were both given: the CA takes rekeying by mTLS only.",
        "Renew without -Rekey first, or issue a new certificate with 'step ca certificate'.");

    private static void DemandChain(CertificatePair pair, Uri ca)
    {
        if (pair.Certificate.Chain.Count == 0)
            throw new RenewalException(
                ErrorId.ChainMissing, $"'{pair.Certificate.Path}' holds the leaf alone, and a renewal by token must show the intermediate as well.",
                $"Append the intermediate certificate of the CA at {ca.Authority} to the file (PEM).");
    }
}
