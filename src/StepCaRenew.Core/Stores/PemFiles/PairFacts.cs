using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Policy;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>The facts of a pair that decide about its renewal, and that results and logs show.</summary>
/// <param name="CertificatePath">The certificate file.</param>
/// <param name="KeyPath">The key file.</param>
/// <param name="KeyAlgorithm">The algorithm and size of the key.</param>
/// <param name="SubjectName">The subject, DER.</param>
/// <param name="SerialNumber">The serial number, hexadecimal.</param>
/// <param name="Validity">The data for the renewal policy.</param>
internal sealed record PairFacts(
    string CertificatePath, string KeyPath, string KeyAlgorithm, ReadOnlyMemory<byte> SubjectName, string SerialNumber, CertificateValidity Validity)
{
    /// <summary>The subject as text.</summary>
    public string Subject => new X500DistinguishedName(SubjectName.Span).Name;

    /// <summary>The facts of a loaded pair.</summary>
    public static PairFacts FromPair(CertificatePair pair) => new(
        pair.Certificate.Path, pair.KeyPath, pair.Key.Algorithm, pair.Leaf.SubjectName.RawData, pair.Leaf.SerialNumber, pair.Validity);

    /// <summary>The facts of a certificate whose outline was read, and its key.</summary>
    public static PairFacts FromOutline(string certificatePath, CertificateOutline leaf, KeyFile key) => new(
        certificatePath, key.Path, key.Key.Algorithm, leaf.Subject, Convert.ToHexString(leaf.SerialNumber.Span),
        new CertificateValidity(leaf.NotBefore, leaf.NotAfter, CertificateSpread.ForCertificate(leaf.Issuer.Span, leaf.SerialNumber.Span)));
}
