using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Servers;
using StepCaRenew.Text;

namespace StepCaRenew.Inspection;

/// <summary>Describes the certificate that a server serves.</summary>
internal sealed partial class CertificateInspector
{
    /// <summary>Describes the certificate of a server.</summary>
    /// <param name="served">The certificates that the server showed.</param>
    /// <param name="address">The server.</param>
    /// <param name="compareWith">The certificate file that the server should serve; null for none.</param>
    /// <exception cref="RenewalException">The certificate has a public key that cannot be read.</exception>
    public StepCertificate Inspect(ServedChain served, ServerAddress address, CertificateFile? compareWith)
    {
        ArgumentNullException.ThrowIfNull(served);
        try
        {
            return Describe(served.Leaf) with
            {
                Name = address.Authority,
                KeyStatus = KeyStatus.NotChecked,
                ServedBy = address.Text,
                ServedChain = TextList.FromNames(served.Others.Select(other => other.Subject)),
                ComparedWith = compareWith?.Path,
                IsSame = compareWith is null ? null : IsSame(served.Leaf, compareWith.Leaf),
                Difference = compareWith is null ? null : FindDifference(served, compareWith),
            };
        }
        catch (CryptographicException e)
        {
            throw new RenewalException(ErrorId.CertificateInvalid, $"The server at {address.Authority} shows a certificate that cannot be read: {e.Message}", "Check the certificate file of the server.", e);
        }
    }

    // The chain matters too: a client cannot verify a certificate whose issuer is not sent. A root in the file need not be sent.
    private static string? FindDifference(ServedChain served, CertificateFile file)
    {
        if (!IsSame(served.Leaf, file.Leaf))
            return $"The server serves the serial number {served.Leaf.SerialNumber} (valid until {Until(served.Leaf)}), the file has {file.Leaf.SerialNumber} (valid until {Until(file.Leaf)}).";
        var missing = file.Chain.Where(issuer => !issuer.SubjectName.RawData.AsSpan().SequenceEqual(issuer.IssuerName.RawData) && !served.Others.Any(other => IsSame(other, issuer)))
            .Select(issuer => $"'{issuer.Subject}'").ToList();
        return missing.Count == 0 ? null : $"The certificate is the same, but the server does not send {string.Join(", ", missing)} of the file.";
    }

    private static string Until(X509Certificate2 certificate) => MessageTime.Local(certificate.NotAfter);

    private static bool IsSame(X509Certificate2 one, X509Certificate2 other) => one.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span);
}
