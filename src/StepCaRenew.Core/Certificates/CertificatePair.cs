using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Files;
using StepCaRenew.Policy;

namespace StepCaRenew.Certificates;

/// <summary>A certificate and a private key as they lay on disk at one moment; whether they match is another question.</summary>
public sealed class CertificatePair : IDisposable
{
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

    /// <summary>The path of the key file.</summary>
    public string KeyPath => KeyFile.Path;

    /// <summary>What the policy needs to know of the leaf.</summary>
    public CertificateValidity Validity => ValidityOf(Leaf);

    /// <summary>Whether certificate and key belong together.</summary>
    public bool Matches => PairMatch.Matches(Leaf, Key);

    /// <summary>Reads both files, fresh from disk.</summary>
    /// <param name="certificatePath">The certificate file.</param>
    /// <param name="keyPath">The key file; null for the one beside it.</param>
    /// <param name="password">The key's password, if it has one.</param>
    /// <exception cref="RenewalException">A file can't be read.</exception>
    public static CertificatePair Load(string certificatePath, string? keyPath, KeyPassword? password) =>
        Load(certificatePath, certificate => keyPath ?? KeyPathConvention.FindRequired(certificate), password, SmallFile.Open);

    /// <summary>The same files, opened in another way than by their paths.</summary>
    /// <inheritdoc cref="Load(string, string?, KeyPassword?)"/>
    internal static CertificatePair Load(string certificatePath, Func<CertificateFile, string> keyPathOf, KeyPassword? password, Func<string, SmallFile> open)
    {
        var certificate = CertificateFile.Load(certificatePath, open);
        try
        {
            return new CertificatePair(certificate, KeyFile.Load(keyPathOf(certificate), password, open));
        }
        catch
        {
            certificate.Dispose();
            throw;
        }
    }

    /// <summary>Puts together what was read of both files; the pair disposes it.</summary>
    internal static CertificatePair Of(CertificateFile certificate, KeyFile keyFile) => new(certificate, keyFile);

    /// <summary>Whether both files still hold the bytes that were read.</summary>
    /// <exception cref="RenewalException">A file can't be read any more.</exception>
    internal bool IsStillOnDisk(Func<string, SmallFile> open) =>
        Certificate.Document.File.IsUnchanged("certificate file", open) && KeyFile.Document.File.IsUnchanged("key file", open);

    /// <summary>What the policy needs to know of a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    public static CertificateValidity ValidityOf(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new CertificateValidity(
            certificate.NotBefore, certificate.NotAfter,
            CertificateSpread.Of(certificate.IssuerName.RawData, certificate.SerialNumberBytes.Span));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Certificate.Dispose();
        KeyFile.Dispose();
    }
}
