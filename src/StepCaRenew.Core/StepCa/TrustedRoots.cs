using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>The root certificates that are trusted for the CA: those of the root file alone, never the machine's store.</summary>
public sealed class TrustedRoots : IDisposable
{
    private readonly InputFile file;
    private readonly IReadOnlyList<X509Certificate2> roots;

    private TrustedRoots(InputFile file, IReadOnlyList<X509Certificate2> roots) => (this.file, this.roots) = (file, roots);

    /// <summary>Loads the root file and holds it against the fingerprint.</summary>
    /// <param name="settings">The settings of the CA.</param>
    /// <exception cref="RenewalException">There is no root certificate, or another one than the fingerprint's.</exception>
    public static TrustedRoots Load(CaSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var roots = Read(settings);
        try
        {
            roots.RequireFingerprint(settings);
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

    /// <summary>Builds a chain by <see cref="CreatePolicy"/>, and demands that its status is empty as well.</summary>
    /// <remarks>
    /// Build asks the platform for a verdict on the chain. That of Wine accepts a partial chain, so that its status is looked at too.
    /// </remarks>
    internal static bool Accepts(X509Chain chain, X509Certificate2 certificate) => chain.Build(certificate) && chain.ChainStatus.All(one => one.Status == X509ChainStatusFlags.NoError);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var root in roots)
            root.Dispose();
        Issuers.Dispose();
    }

    /// <summary>The issuers below them that the CA has sent.</summary>
    internal IssuerCache Issuers { get; } = new();

    /// <summary>The SHA-256 fingerprint of the first root, lower-case hexadecimal.</summary>
    internal string Fingerprint => FingerprintOf(roots[0]);

    /// <summary>All of them.</summary>
    internal X509Certificate2Collection All => [.. roots];

    /// <summary>Whether these are the roots of a file's content.</summary>
    internal bool IsOf(InputFile other) => file.Path == other.Path && file.Bytes.AsSpan().SequenceEqual(other.Bytes);

    /// <summary>Demands that the fingerprint, where one is configured, is that of one of them.</summary>
    /// <exception cref="RenewalException">It is not (<see cref="ErrorId.RootFingerprintMismatch"/>).</exception>
    internal void RequireFingerprint(CaSettings settings)
    {
        if (settings.Fingerprint is not null && !roots.Any(root => FingerprintOf(root) == settings.Fingerprint))
            throw new RenewalException(
                ErrorId.RootFingerprintMismatch,
                $"The root certificate in '{settings.RootPath}' has the fingerprint {Fingerprint}, but {settings.Fingerprint} is configured.",
                settings.RootRemedy("Find out who changed the file. If the CA has a new root, run 'step ca bootstrap --force' with its new fingerprint."));
    }

    /// <summary>Reads the root certificates of a CA, and decodes nothing yet.</summary>
    /// <exception cref="RenewalException">They are not there, or cannot be read.</exception>
    internal static InputFile ReadFile(CaSettings settings) => Advise(settings, () => RootFiles.Read(settings.RootPath));

    /// <summary>Decodes what was read. A damaged block is passed over, as <c>step</c> does, if another one can be read.</summary>
    /// <exception cref="RenewalException">There is no certificate in it.</exception>
    internal static TrustedRoots Parse(CaSettings settings, InputFile file) => Advise(settings, () => Parse(file));

    private static TrustedRoots Read(CaSettings settings) => Parse(settings, ReadFile(settings));

    private static TrustedRoots Parse(InputFile file)
    {
        var roots = new List<X509Certificate2>();
        foreach (var der in Blocks(file))
        {
            if (TryDecode(der) is { } root && !roots.Contains(root))
                roots.Add(root);
        }

        return roots.Count > 0 ? new TrustedRoots(file, roots)
            : throw new RenewalException(ErrorId.RootInvalid, $"'{file.Path}', the CA's root certificate, holds no certificate that can be read.", "Get it again: 'step ca root', or give -Root.");
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Blocks(InputFile file)
    {
        var text = TextFile.Decode(file.Bytes);
        return PemReader.LooksLikePem(text)
            ? PemReader.ReadIntact(text).Where(block => block.IsCertificate).Select(block => (ReadOnlyMemory<byte>)block.Data)
            : [file.Bytes];
    }

    private static X509Certificate2? TryDecode(ReadOnlyMemory<byte> der)
    {
        try
        {
            return CertificateOutline.HasShape(der) ? CertificateDecoder.Decode(der) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // A registered renewal has its own copy of the root: what helps a call by hand does not reach it.
    private static T Advise<T>(CaSettings settings, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (RenewalException e) when (settings.RegisteredName is not null && e.ErrorId is ErrorId.RootMissing or ErrorId.RootInvalid or ErrorId.FileEmpty)
        {
            throw new RenewalException(e.ErrorId, e.Message, settings.RootRemedy(e.Remedy), e);
        }
    }

    private static string FingerprintOf(X509Certificate2 root) => root.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
}
