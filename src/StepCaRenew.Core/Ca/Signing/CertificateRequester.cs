using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Logging;

namespace StepCaRenew.Ca.Signing;

/// <summary>Gets first certificates: finds the CA, gets or checks the token, sends the request, verifies the answer.</summary>
/// <param name="finder">Finds the CA.</param>
/// <param name="clock">The clock.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
/// <param name="environment">Reads environment variables.</param>
/// <param name="logger">The logger.</param>
internal sealed class CertificateRequester(
    CaFinder finder, TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger) : IDisposable
{
    private readonly CertificateIssuer issuer = new(clock, random, environment, logger);
    private readonly List<IDisposable> owned = [];

    /// <summary>Gets a certificate.</summary>
    /// <param name="wanted">The names and the validity.</param>
    /// <param name="key">The key, which belongs to the caller.</param>
    /// <param name="credential">A token, or the password of a provisioner.</param>
    /// <param name="options">Which CA, and how it is asked.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The verified certificate with its key; this object disposes the certificates.</returns>
    /// <exception cref="RenewalException">The CA cannot be found or reached, refuses, or its answer is not what was requested.</exception>
    public async Task<KeyedCertificate> RequestAsync(
        SigningRequest wanted, PrivateKey key, Credential credential, IssuerOptions options, CancellationToken cancellationToken)
    {
        SigningRequest.RequireKey(key);
        var given = (credential as Credential.Token)?.Given;
        // Before the CA is found, which may ask it: a token that cannot be used is not the CA's concern.
        var request = given is not null ? wanted.WithNamesOf(given) : wanted.WithOwnNames();
        using var ca = await RetryAsync(token => finder.FindAsync(options.Ca, given, token), options, cancellationToken).ConfigureAwait(false);
        var tokens = given is not null ? new GivenToken(given)
            : await RetryAsync(token => OpenAsync(ca, (Credential.Provisioner)credential, request, token), options, cancellationToken).ConfigureAwait(false);
        var answer = Keep(await issuer.IssueAsync(
            new CaRequest.Sign(request, key, tokens), request.Expect(key), options with { Known = ca }, cancellationToken).ConfigureAwait(false));
        var pair = answer.WithKey(key);
        if (ca.Roots.FindRoot(pair.Leaf, pair.Chain, pair.Validity.NearestMoment(clock.GetUtcNow())) is { } root)
            Root = Keep(new X509Certificate2(root));
        SerialNumber = pair.Leaf.SerialNumber;
        return pair;
    }

    /// <summary>The root that the last certificate leads to: it may have been downloaded, and be in no file. This object disposes it.</summary>
    public X509Certificate2? Root { get; private set; }

    /// <summary>The serial number of the last certificate; null before there is one.</summary>
    public string? SerialNumber { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        owned.ForEach(one => one.Dispose());
        issuer.Dispose();
    }

    private async Task<ITokenSource> OpenAsync(TrustedCa ca, Credential.Provisioner provisioner, SigningRequest request, CancellationToken cancellationToken) => new OwnTokens(
        Keep(await ProvisionerTokens.OpenAsync(ca, provisioner.Name, provisioner.Password, clock, environment, cancellationToken).ConfigureAwait(false)), request);

    private Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> action, IssuerOptions options, CancellationToken cancellationToken) =>
        new RetryPolicy(options.RetryTimeout, clock, random).RunAsync(action, (e, wait) => RenewalLog.Retrying(logger, e.Message, wait.TotalSeconds), cancellationToken);

    private T Keep<T>(T disposable) where T : IDisposable
    {
        owned.Add(disposable);
        return disposable;
    }
}

/// <summary>The authorization of a first certificate.</summary>
internal abstract record Credential
{
    /// <summary>A one-time token that was made elsewhere.</summary>
    public sealed record Token(OneTimeToken Given) : Credential;

    /// <summary>The password of a JWK provisioner, whose key makes the tokens.</summary>
    /// <param name="Name">The provisioner's name; null for the only JWK provisioner.</param>
    /// <param name="Password">Its password.</param>
    public sealed record Provisioner(string? Name, KeyPassword Password) : Credential;

    /// <summary>None: for a plan, which asks no CA.</summary>
    public sealed record None : Credential;
}
