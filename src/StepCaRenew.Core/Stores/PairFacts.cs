using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Policy;

namespace StepCaRenew.Stores;

/// <summary>The facts of a pair that decide about its renewal, and that results and logs show.</summary>
/// <param name="CertificatePath">The certificate file, or the name of another store.</param>
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
}
