using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>The root certificates that are trusted for the CA: those of the root file alone, never the machine's store.</summary>
public sealed class TrustedRoots : IDisposable
{
    private readonly CertificateFile file;

    private TrustedRoots(CertificateFile file) => this.file = file;

    /// <summary>Loads the root file and holds it against the fingerprint.</summary>
    /// <param name="settings">The settings of the CA.</param>
    /// <exception cref="RenewalException">There is no root certificate, or another one than the fingerprint's.</exception>
    public static TrustedRoots Load(CaSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var roots = new TrustedRoots(LoadFile(settings.RootPath));
        if (settings.Fingerprint is null || roots.All.Any(root => FingerprintOf(root) == settings.Fingerprint))
            return roots;
        using (roots)
            throw new RenewalException(
                ErrorId.RootFingerprintMismatch,
                $"The root certificate in '{settings.RootPath}' has the fingerprint {roots.Fingerprint}, but {settings.Fingerprint} is configured.",
                "Find out who changed the file. If the CA has a new root, run 'step ca bootstrap --force' with its new fingerprint.");
    }

    /// <summary>
    /// The rules for every chain that is built: these roots only, no revocation lists (step-ca's certificates are
    /// short-lived instead), nothing downloaded.
    /// </summary>
    /// <param name="now">The moment for which the chain must hold.</param>
    public X509ChainPolicy CreatePolicy(DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.LocalDateTime,
        };
        policy.CustomTrustStore.AddRange(All.ToArray());
        return policy;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>The SHA-256 fingerprint of the first root, lower-case hexadecimal.</summary>
    internal string Fingerprint => FingerprintOf(file.Leaf);

    private IEnumerable<X509Certificate2> All => file.Chain.Prepend(file.Leaf);

    private static CertificateFile LoadFile(string path)
    {
        try
        {
            return CertificateFile.Load(path);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.FileNotFound)
        {
            throw new RenewalException(
                ErrorId.RootMissing, $"The CA's root certificate '{path}' is not there.", "Run 'step ca bootstrap' as this user, or give -Root.", e);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.CertificateInvalid)
        {
            throw new RenewalException(ErrorId.RootInvalid, $"The CA's root certificate can't be read. {e.Message}", "Fetch it anew: 'step ca root'.", e);
        }
    }

    private static string FingerprintOf(X509Certificate2 root) => root.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
}
