using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Policy;

namespace StepCaRenew.Certificates;

/// <summary>What is told of a pair, and what its renewal is decided by.</summary>
/// <param name="CertificatePath">The certificate file.</param>
/// <param name="KeyPath">The key file.</param>
/// <param name="KeyAlgorithm">The key's algorithm and size.</param>
/// <param name="SubjectName">The subject's name as it is encoded.</param>
/// <param name="SerialNumber">The serial number in hexadecimal.</param>
/// <param name="Validity">What the policy needs.</param>
internal sealed record PairFacts(
    string CertificatePath, string KeyPath, string KeyAlgorithm, ReadOnlyMemory<byte> SubjectName, string SerialNumber, CertificateValidity Validity)
{
    /// <summary>The subject as text.</summary>
    public string Subject => new X500DistinguishedName(SubjectName.Span).Name;

    /// <summary>Of a pair that was loaded.</summary>
    public static PairFacts Of(CertificatePair pair) => new(
        pair.Certificate.Path, pair.KeyPath, pair.Key.Algorithm, pair.Leaf.SubjectName.RawData, pair.Leaf.SerialNumber, pair.Validity);

    /// <summary>Of a certificate whose outline was read, and its key.</summary>
    public static PairFacts Of(string certificatePath, CertificateOutline leaf, KeyFile key) => new(
        certificatePath, key.Path, key.Key.Algorithm, leaf.Subject, Convert.ToHexString(leaf.SerialNumber.Span),
        new CertificateValidity(leaf.NotBefore, leaf.NotAfter, CertificateSpread.ForCertificate(leaf.Issuer.Span, leaf.SerialNumber.Span)));
}
