using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Policy;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>A certificate file and a key file, read at one moment; they need not match.</summary>
internal sealed class CertificatePair : IDisposable
{
    private KeyedCertificate? keyed;

    private CertificatePair(CertificateFile certificate, KeyFile keyFile)
    {
        Certificate = certificate;
        KeyFile = keyFile;
    }

    /// <summary>The certificate file.</summary>
    public CertificateFile Certificate { get; }

    /// <summary>The key file.</summary>
    public KeyFile KeyFile { get; }

    /// <summary>The leaf.</summary>
    public X509Certificate2 Leaf => Certificate.Leaf;

    /// <summary>The private key.</summary>
    public PrivateKey Key => KeyFile.Key;

    /// <summary>The certificate with its chain and its key, which this pair disposes.</summary>
    internal KeyedCertificate Keyed => keyed ??= new KeyedCertificate(Leaf, () => Certificate.Chain, Key, Certificate.Path);

    /// <summary>The path of the key file.</summary>
    public string KeyPath => KeyFile.Path;

    /// <summary>The data of the leaf that the renewal policy needs.</summary>
    public CertificateValidity Validity => CertificateValidity.FromCertificate(Leaf);

    /// <summary>The facts that results and logs show.</summary>
    public PairFacts Facts => new(Certificate.Path, KeyPath, Key.Algorithm, Leaf.SubjectName.RawData, Leaf.SerialNumber, Validity);

    /// <summary>Whether the certificate and the key match.</summary>
    public bool Matches => PairMatch.Matches(Leaf, Key);

    /// <summary>Reads both files, or a PFX file; the key file is found by convention if <paramref name="keyPath"/> is null.</summary>
    /// <exception cref="RenewalException">A file cannot be read.</exception>
    public static CertificatePair Load(string certificatePath, string? keyPath, KeyPassword? password) =>
        Load(certificatePath, certificate => keyPath ?? KeyPathConvention.FindRequired(certificate), password, SmallFile.Open);

    /// <summary>Reads both files, which <paramref name="open"/> opens.</summary>
    /// <inheritdoc cref="Load(string, string?, KeyPassword?)"/>
    internal static CertificatePair Load(string certificatePath, Func<CertificateFile, string> keyPathOf, KeyPassword? password, Func<string, SmallFile> open)
    {
        var certificate = CertificateFile.Load(certificatePath, open, password);
        try
        {
            var keyPath = keyPathOf(certificate);
            return new CertificatePair(
                certificate, certificate.Pfx is { } pfx && keyPath == certificate.Path ? KeyFile.FromPfx(pfx, certificate.Document) : KeyFile.Load(keyPath, password, open));
        }
        catch
        {
            certificate.Dispose();
            throw;
        }
    }

    /// <summary>Makes a pair of two files that were read; the pair disposes them.</summary>
    internal static CertificatePair FromFiles(CertificateFile certificate, KeyFile keyFile) => new(certificate, keyFile);

    /// <inheritdoc/>
    public void Dispose()
    {
        Certificate.Dispose();
        KeyFile.Dispose();
    }
}
