using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Logging;
using StepCaRenew.Renewal;

namespace StepCaRenew.Ca;

/// <summary>Gets a new certificate for a pair from its CA, and verifies it: by mTLS, or by token if that cannot be.</summary>
/// <param name="clock">The clock.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
/// <param name="environment">The environment variables.</param>
/// <param name="logger">Told of every step.</param>
/// <param name="isWindows">Whether the leaf is to be shown alone; see <see cref="RequestPlan"/>.</param>
/// <param name="keyStore">Where TLS takes the key from.</param>
internal sealed class CertificateIssuer(
    TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger, bool isWindows, IKeyStore keyStore) : IDisposable
{
    private readonly RootCache roots = new();

    public CertificateIssuer(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger)
        : this(clock, random, environment, logger, OperatingSystem.IsWindows(), new KeyStore())
    {
    }

    /// <summary>Renews the certificate of a pair.</summary>
    /// <param name="pair">The pair; it matches.</param>
    /// <param name="newKey">The key of the new certificate; null for the present one.</param>
    /// <param name="request">Which CA, and how.</param>
    /// <param name="report">Told of each time that the CA is asked, and of its clock.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="RenewalException">There is no good answer to be had.</exception>
    public async Task<CaAnswer> IssueAsync(CertificatePair pair, PrivateKey? newKey, RenewalRequest request, RenewalReport report, CancellationToken cancellationToken)
    {
        var isExpired = pair.Validity.NotAfter < clock.GetUtcNow();
        var byToken = request.UseToken || isExpired;
        DemandUsage(pair.Leaf, byToken && newKey is null);
        var settings = CaSettingsResolver.Resolve(request.Ca, environment);
        var trusted = roots.Load(settings);
        var client = new CaClient(settings, trusted, clock, environment);
        if (byToken && newKey is not null)
            throw RekeyNeedsTls(isExpired);
        if (byToken)
            DemandChain(pair, settings.Url);
        client.RequireUsableProxy();

        var obstacle = byToken ? null : keyStore.Obstacle;
        var plan = RequestPlan.Of(isWindows, obstacle is null, byToken, newKey is not null, hasChain: IssuerChain.Of(pair).Count > 0);
        var way = plan[0] != RequestWay.Token ? "mTLS" : obstacle is null ? "token" : $"token, since TLS cannot use the key in this session ({obstacle})";
        RenewalLog.AskingCa(logger, settings.Url.Authority, way, settings.RootPath);
        var requests = new CaRequests(client, settings, trusted, pair, newKey, plan, keyStore, clock, logger);
        var check = new ClockCheck(client, settings, clock, logger);
        try
        {
            var answer = await new RetryPolicy(request.RetryTimeout, clock, random).RunAsync(
                async token =>
                {
                    await check.RequireClockAsync(request.LastClock, token).ConfigureAwait(false);
                    return await requests.AskAsync(report.Asked, token).ConfigureAwait(false);
                },
                (e, wait) => RenewalLog.Retrying(logger, e.Message, wait.TotalSeconds),
                cancellationToken).ConfigureAwait(false);
            return Verified(pair.Leaf, newKey ?? pair.Key, answer, request.Rule.IsForced, trusted, settings, check);
        }
        finally
        {
            report.SawClock(check.Finish());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => roots.Dispose();

    private CaAnswer Verified(X509Certificate2 old, PrivateKey key, CaAnswer answer, bool isForced, TrustedRoots trusted, CaSettings settings, ClockCheck check)
    {
        IReadOnlyList<X509Certificate2> issuers;
        try
        {
            issuers = new AnswerVerifier(trusted, clock).Verify(old, key, answer, isForced);
        }
        catch (RenewalException e)
        {
            using (answer)
            {
                check.RecordRefusal(e, answer.Leaf);
                throw e.ErrorId == ErrorId.AnswerUntrusted ? new RenewalException(e.ErrorId, e.Message, settings.RootRemedy(e.Remedy), e) : e;
            }
        }

        RenewalLog.AnswerVerified(logger, answer.Leaf.SerialNumber, answer.Leaf.NotAfter);
        foreach (var issuer in issuers.Where(issuer => issuer.NotAfter < answer.Leaf.NotAfter))
            RenewalLog.IssuerEndsEarlier(logger, issuer.Subject, issuer.NotAfter.ToUniversalTime());
        // What else the CA sent has nothing to do with this certificate: a file with it might be one that the next run cannot read.
        foreach (var other in answer.Chain.Except(issuers))
            other.Dispose();
        return answer with { Chain = issuers };
    }

    // A token needs one of the two usages, by the CA's version: the CA says which.
    private static void DemandUsage(X509Certificate2 leaf, bool byToken)
    {
        if (!ExtendedKeyUsage.AllowsClientAuth(leaf) && !(byToken && ExtendedKeyUsage.AllowsServerAuth(leaf)))
            throw new RenewalException(
                ErrorId.NoClientAuth,
                $"The certificate may not authenticate a client, and so not its own renewal: its extended key usage is {string.Join(", ", ExtendedKeyUsage.ReadNames(leaf))}. The CA was not asked.",
                "Add clientAuth to the provisioner's template on the CA and issue the certificate again."
                    + (ExtendedKeyUsage.AllowsServerAuth(leaf) ? " A step-ca up to 0.26.1 renews it with -UseToken as it is." : string.Empty));
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
