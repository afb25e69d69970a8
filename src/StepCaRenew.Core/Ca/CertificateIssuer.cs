using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Logging;

namespace StepCaRenew.Ca;

/// <summary>Gets certificates from the CA and verifies them: by mTLS, by token if mTLS is not possible, the first one by a one-time token.</summary>
/// <param name="clock">The clock.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
/// <param name="environment">Reads environment variables.</param>
/// <param name="logger">The logger.</param>
/// <param name="isWindows">Whether only the leaf is sent in TLS; see <see cref="RequestPlan"/>.</param>
/// <param name="keyStore">Makes the key available to TLS.</param>
internal sealed class CertificateIssuer(
    TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger, bool isWindows, IKeyStore keyStore) : IDisposable
{
    // A step-ca verifies the chain of a token for the time one minute before its certificate ends.
    private static readonly TimeSpan ShortestForToken = TimeSpan.FromSeconds(61);

    private readonly RootCache roots = new();

    public CertificateIssuer(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger)
        : this(clock, random, environment, logger, OperatingSystem.IsWindows(), new KeyStore())
    {
    }

    /// <summary>The connections that the renewals of a call share; null if each request has its own.</summary>
    public SharedConnections? Connections { get; init; }

    /// <summary>Gets a certificate.</summary>
    /// <param name="wanted">The request; its present certificate, if it has one, and its key match.</param>
    /// <param name="expected">The requirements for the new certificate.</param>
    /// <param name="options">Which CA, and how it is asked.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The verified certificate; its chain holds only the verified issuers.</returns>
    /// <exception cref="RenewalException">The CA cannot be reached, refuses, or its answer is not what was expected.</exception>
    public async Task<CaAnswer> IssueAsync(CaRequest wanted, Expectation expected, IssuerOptions options, CancellationToken cancellationToken)
    {
        var request = wanted is CaRequest.ByCertificate present ? present.At(clock.GetUtcNow()) : wanted;
        if (request is CaRequest.ByCertificate renewal)
            RequireUsage(renewal.Present.Leaf, renewal is CaRequest.RenewByToken);
        var (settings, trusted, connection) = options.Known is { } known ? new CallCa(known.Settings, known.Roots, Connection: null) : Find(options.Ca);
        var shared = request is CaRequest.Sign ? null : connection;
        var client = new CaClient(settings, trusted, clock, environment, shared);
        if (request is CaRequest.RenewByToken byToken)
            RequireChain(byToken.Present, settings.Url);
        client.RequireUsableProxy();
        var send = CreateSender(request, client, shared, settings, trusted, options);
        var check = new ClockCheck(client, settings, clock, logger);
        try
        {
            var answer = await new RetryPolicy(options.RetryTimeout, clock, random).RunAsync(
                async token =>
                {
                    await check.RequireClockAsync(options.LastClock, token).ConfigureAwait(false);
                    return await send(token).ConfigureAwait(false);
                },
                (e, wait) => RenewalLog.Retrying(logger, e.Message, wait.TotalSeconds),
                cancellationToken).ConfigureAwait(false);
            return Verify(answer, expected, trusted, settings, check);
        }
        finally
        {
            options.OnClock(check.Finish());
        }
    }

    /// <summary>The CA of a request; null if none is configured.</summary>
    public CaSettings? TryFindCa(CaOptions ca)
    {
        try
        {
            return CaSettingsResolver.Resolve(ca, environment);
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    /// <summary>Whether a certificate chains to the roots of a CA at a moment of its validity.</summary>
    /// <exception cref="RenewalException">The roots cannot be read.</exception>
    public bool IsTrusted(KeyedCertificate certificate, CaOptions ca, DateTimeOffset moment, out string rootPath)
    {
        var (settings, trusted, _) = Find(ca);
        rootPath = settings.RootPath;
        return trusted.FindIssuers(certificate.Leaf, certificate.ReadableChain, moment) is not null;
    }

    /// <summary>The root of a CA that a certificate leads to at a moment of its validity; null if it leads to none. It belongs to this object.</summary>
    /// <exception cref="RenewalException">The roots cannot be read.</exception>
    public X509Certificate2? FindRoot(KeyedCertificate certificate, CaOptions ca) =>
        Find(ca).Roots.FindRoot(certificate.Leaf, certificate.ReadableChain, certificate.Validity.NearestMoment(clock.GetUtcNow()));

    /// <inheritdoc/>
    public void Dispose() => roots.Dispose();

    // Without a call, everything is read again for each renewal.
    private CallCa Find(CaOptions ca)
    {
        if (Connections is not null)
            return Connections.Find(ca, clock, environment);
        var settings = CaSettingsResolver.Resolve(ca, environment);
        return new CallCa(settings, roots.Load(settings), Connection: null);
    }

    private Func<CancellationToken, Task<CaAnswer>> CreateSender(CaRequest request, CaClient client, SharedConnection? shared, CaSettings settings, TrustedRoots trusted, IssuerOptions options)
    {
        if (request is CaRequest.Sign sign)
        {
            RenewalLog.AskingCa(logger, settings.Url.Authority, "a one-time token", settings.RootPath);
            var first = new SignSender(sign, client, clock);
            return token =>
            {
                options.OnAttempt(Transport.Token);
                return first.SendAsync(token);
            };
        }

        var present = (CaRequest.ByCertificate)request;
        var obstacle = present is CaRequest.RenewByToken ? null : keyStore.Obstacle;
        var plan = RequestPlan.Create(present, isWindows, keepsKeys: obstacle is null, startsByToken: StartsByToken(present, shared, options.Ca.Transport));
        var way = plan[0] != RequestWay.Token ? "mTLS" : obstacle is null ? "token" : $"token, since TLS cannot use the key in this session ({obstacle})";
        RenewalLog.AskingCa(logger, settings.Url.Authority, way, settings.RootPath);
        var sender = new RequestSender(present, client, shared, settings, trusted, plan, keyStore, clock, logger);
        return token => sender.SendAsync(options.OnAttempt, token);
    }

    // Every renewal of the call counts, also one that cannot go by token.
    private static bool StartsByToken(CaRequest.ByCertificate request, SharedConnection? shared, Transport transport) =>
        transport == Transport.Auto && shared?.UsesTokenForNext() == true && request is CaRequest.Renew && CanUseToken(request.Present);

    // A CA refuses the token of any other certificate.
    private static bool CanUseToken(KeyedCertificate present) =>
        present.ReadableChain.Count > 0
        && present.Validity.Lifetime >= ShortestForToken
        && CertificateUsage.FromCertificate(present.Leaf).KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature);

    private CaAnswer Verify(CaAnswer answer, Expectation expected, TrustedRoots trusted, CaSettings settings, ClockCheck check)
    {
        IReadOnlyList<X509Certificate2> issuers;
        try
        {
            issuers = new AnswerVerifier(trusted, clock).Verify(answer, expected);
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
        // Unrelated certificates in the answer are dropped: the next run might not be able to read a file with them.
        foreach (var other in answer.Chain.Except(issuers))
            other.Dispose();
        return new CaAnswer(answer.Leaf, issuers);
    }

    // A token needs one of the two usages, depending on the CA's version.
    private static void RequireUsage(X509Certificate2 leaf, bool byToken)
    {
        if (!ExtendedKeyUsage.AllowsClientAuth(leaf) && !(byToken && ExtendedKeyUsage.AllowsServerAuth(leaf)))
            throw new RenewalException(
                ErrorId.NoClientAuth,
                $"The certificate cannot be renewed: its extended key usage is {string.Join(", ", ExtendedKeyUsage.ReadNames(leaf))}, without clientAuth. The CA was not asked.",
                "Add clientAuth to the provisioner's template on the CA and issue the certificate again."
                    + (ExtendedKeyUsage.AllowsServerAuth(leaf) ? " A step-ca up to 0.26.1 renews it with -UseToken as it is." : string.Empty));
    }

    private static void RequireChain(KeyedCertificate present, Uri ca)
    {
        if (present.Chain.Count == 0)
            throw new RenewalException(
                ErrorId.ChainMissing, $"'{present.Source}' holds only the leaf, and a renewal by token needs the intermediate as well.",
                $"Append the intermediate certificate of the CA at {ca.Authority} to the file (PEM).");
    }
}

/// <summary>How the CA is asked for a certificate, and what is called back.</summary>
internal sealed record IssuerOptions
{
    /// <summary>Which CA; not used if <see cref="Known"/> is given.</summary>
    public CaOptions Ca { get; init; } = new();

    /// <summary>The CA, if it was found already; null to find it by <see cref="Ca"/>.</summary>
    public TrustedCa? Known { get; init; }

    /// <summary>How long after the first request a transient failure may be retried.</summary>
    public TimeSpan RetryTimeout { get; init; }

    /// <summary>The CA's clock as an earlier run found it; null if it is unknown.</summary>
    public CaClock? LastClock { get; init; }

    /// <summary>Called before each request, with its transport.</summary>
    public Action<Transport> OnAttempt { get; init; } = _ => { };

    /// <summary>Receives what was found out about the CA's clock, after success and failure; null if the CA did not answer.</summary>
    public Action<CaClock?> OnClock { get; init; } = _ => { };
}
