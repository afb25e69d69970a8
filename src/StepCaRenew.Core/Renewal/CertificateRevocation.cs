using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Stores;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Renewal;

/// <summary>The revocation of a certificate by the certificate itself, over mTLS.</summary>
internal sealed class CertificateRevocation : IDisposable
{
    private readonly CertificatePair pair;
    private readonly CaSettings settings;
    private readonly TrustedRoots roots;
    private readonly KeyStore keyStore = new();
    private readonly TimeProvider clock;
    private readonly Func<string, string?> environment;

    private CertificateRevocation(CertificatePair pair, CaSettings settings, TrustedRoots roots, TimeProvider clock, Func<string, string?> environment) =>
        (this.pair, this.settings, this.roots, this.clock, this.environment) = (pair, settings, roots, clock, environment);

    /// <summary>The certificate's serial number, decimal.</summary>
    public string SerialNumber => Certificates.SerialNumber.ToDecimal(pair.Leaf);

    /// <summary>The certificate and the CA, for a question.</summary>
    public string Description => $"'{pair.Leaf.Subject}' with the serial number {SerialNumber}, at the CA at {settings.Url.Authority}";

    /// <summary>Reads the pair and finds the CA; asks nothing of the CA.</summary>
    /// <exception cref="RenewalException">The pair cannot be read, does not match, or cannot authenticate itself; or no CA is configured.</exception>
    public static CertificateRevocation Open(PairLocation location, CaOptions options, TimeProvider clock, Func<string, string?> environment)
    {
        var pair = CertificatePair.Load(location.CertificatePath, location.KeyPath, location.KeyPassword);
        try
        {
            RequireUsable(pair, clock);
            var settings = CaSettingsResolver.Resolve(options, environment);
            return new CertificateRevocation(pair, settings, TrustedRoots.Load(settings), clock, environment);
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    /// <summary>Revokes the certificate. This cannot be undone.</summary>
    /// <param name="reasonCode">A CRLReason of RFC 5280.</param>
    /// <param name="reason">A text for the CA's records.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RenewalException">The CA cannot be reached, or refuses.</exception>
    public async Task RunAsync(int reasonCode, string reason, CancellationToken cancellationToken)
    {
        var client = new CaClient(settings, roots, clock, environment);
        try
        {
            using var leaf = keyStore.CreateClient(pair.Keyed);
            // On Windows, .NET would store the issuers that it sends; see RequestPlan.
            var identity = new ClientIdentity(leaf, OperatingSystem.IsWindows() ? [] : pair.Keyed.ReadableChain);
            await client.RevokeAsync(new RevokeRequest(SerialNumber, reasonCode, reason, Token: null), identity, cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e)
        {
            throw RevokeRefusals.ForCertificate(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pair.Dispose();
        roots.Dispose();
    }

    private static void RequireUsable(CertificatePair pair, TimeProvider clock)
    {
        const string byToken = "Revoke it by -SerialNumber with a token.";
        if (!pair.Matches)
            throw KeyMismatch.Describe(pair.Certificate, pair.KeyFile);
        if (pair.Validity.NotAfter <= clock.GetUtcNow())
            throw new RenewalException(
                ErrorId.ClientCertificateExpired, $"The certificate '{pair.Certificate.Path}' has expired, so that it cannot authenticate its revocation. The CA was not asked.",
                $"An expired certificate needs no revocation, unless the CA renews expired ones. {byToken}");
        if (!ExtendedKeyUsage.AllowsClientAuth(pair.Leaf))
            throw new RenewalException(
                ErrorId.NoClientAuth, $"The certificate '{pair.Certificate.Path}' cannot authenticate its revocation: it does not have the extended key usage clientAuth. The CA was not asked.", byToken);
    }
}
