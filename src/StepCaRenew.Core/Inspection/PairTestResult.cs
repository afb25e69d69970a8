using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>The result of <c>Test-StepCertificatePair</c>: whether a certificate and a key match, and why.</summary>
public sealed record PairTestResult
{
    /// <summary>The certificate's short name, made of its path.</summary>
    public string Name { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>Whether the public keys are equal and a signature of the private key verifies with the certificate.</summary>
    public bool Matches { get; internal init; }

    /// <summary>Why they match or do not, in one sentence.</summary>
    public string Reason { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>SHA-256 of the certificate's SubjectPublicKeyInfo.</summary>
    public string CertificatePublicKeyId { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo.</summary>
    public string KeyPublicKeyId { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>When the certificate file was last written, local time.</summary>
    public DateTime CertificateWritten { get; internal init; }

    /// <summary>When the key file was last written, local time.</summary>
    public DateTime KeyWritten { get; internal init; }

    /// <summary>The certificate file.</summary>
    public string CertificatePath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The key file.</summary>
    public string KeyPath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Compares two files; the key file is found by convention if <paramref name="keyPath"/> is null.</summary>
    /// <exception cref="RenewalException">A file cannot be read.</exception>
    internal static PairTestResult FromFiles(string certificatePath, string? keyPath, KeyPassword? password)
    {
        using var pair = CertificatePair.Load(certificatePath, keyPath, password);
        var matches = pair.Matches;
        return new PairTestResult
        {
            Name = CertificateName.FromPath(certificatePath),
            Matches = matches,
            Reason = matches ? "The certificate and the key match." : KeyMismatch.Reason(pair.Certificate, pair.KeyFile),
            CertificatePublicKeyId = PublicKeyId.Compute(pair.Leaf),
            KeyPublicKeyId = PublicKeyId.Compute(pair.Key),
            CertificateWritten = pair.Certificate.Document.File.LastWriteTime.LocalDateTime,
            KeyWritten = pair.KeyFile.Document.File.LastWriteTime.LocalDateTime,
            CertificatePath = certificatePath,
            KeyPath = pair.KeyPath,
        };
    }
}
