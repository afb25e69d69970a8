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
        var roots = Parse(ReadFile(settings.RootPath));
        try
        {
            roots.DemandFingerprint(settings);
            return roots;
        }
        catch
        {
            roots.Dispose();
            throw;
        }
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
        policy.CustomTrustStore.AddRange(All);
        UserStores.EnsurePrepared();
        return policy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        Issuers.Dispose();
    }

    /// <summary>The issuers below them that the CA has sent.</summary>
    internal IssuerCache Issuers { get; } = new();

    /// <summary>The SHA-256 fingerprint of the first root, lower-case hexadecimal.</summary>
    internal string Fingerprint => FingerprintOf(file.Leaf);

    /// <summary>All of them.</summary>
    internal X509Certificate2Collection All => [.. file.Chain.Prepend(file.Leaf)];

    /// <summary>Whether these are the roots of a file's content.</summary>
    internal bool IsOf(InputFile other) => file.Path == other.Path && file.Document.File.Bytes.AsSpan().SequenceEqual(other.Bytes);

    /// <summary>Demands that the fingerprint, where one is configured, is that of one of them.</summary>
    /// <exception cref="RenewalException">It is not (<see cref="ErrorId.RootFingerprintMismatch"/>).</exception>
    internal void DemandFingerprint(CaSettings settings)
    {
        if (settings.Fingerprint is not null && !All.Any(root => FingerprintOf(root) == settings.Fingerprint))
            throw new RenewalException(
                ErrorId.RootFingerprintMismatch,
                $"The root certificate in '{settings.RootPath}' has the fingerprint {Fingerprint}, but {settings.Fingerprint} is configured.",
                "Find out who changed the file. If the CA has a new root, run 'step ca bootstrap --force' with its new fingerprint.");
    }

    /// <summary>Reads the root file, and decodes nothing yet.</summary>
    /// <exception cref="RenewalException">It is not there, or can't be read.</exception>
    internal static InputFile ReadFile(string path)
    {
        try
        {
            return CertificateFile.ReadBytes(path);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.FileNotFound)
        {
            throw new RenewalException(
                ErrorId.RootMissing, $"The CA's root certificate '{path}' is not there.", "Run 'step ca bootstrap' as this user, or give -Root.", e);
        }
    }

    /// <summary>Decodes the root file.</summary>
    /// <exception cref="RenewalException">It holds no certificate.</exception>
    internal static TrustedRoots Parse(InputFile file)
    {
        try
        {
            return new TrustedRoots(CertificateFile.Parse(file));
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.CertificateInvalid)
        {
            throw new RenewalException(ErrorId.RootInvalid, $"The CA's root certificate can't be read. {e.Message}", "Fetch it anew: 'step ca root'.", e);
        }
    }

    private static string FingerprintOf(X509Certificate2 root) => root.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
}
