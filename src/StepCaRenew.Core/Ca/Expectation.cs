using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Policy;

namespace StepCaRenew.Ca;

/// <summary>The requirements for a certificate from the CA: made from the certificate that it replaces, or from a request.</summary>
internal sealed record Expectation
{
    /// <summary>The private key that it must match.</summary>
    public required PrivateKey Key { get; init; }

    /// <summary>The subject.</summary>
    public required X500DistinguishedName Subject { get; init; }

    /// <summary>The subject alternative names, in any order.</summary>
    public required SubjectAlternativeNames Names { get; init; }

    /// <summary>The permitted usage; null for any, except that of a CA certificate.</summary>
    public CertificateUsage? Usage { get; init; }

    /// <summary>The earliest end of its validity; null for any.</summary>
    public DateTimeOffset? EndsNoEarlierThan { get; init; }

    /// <summary>Whether it may also end exactly then. A renewed certificate that does would be due again at once.</summary>
    public bool MayEndThen { get; init; } = true;

    /// <summary>The serial number of the certificate that it replaces, which it must not have; null if it replaces none.</summary>
    public string? ReplacedSerialNumber { get; init; }

    /// <summary>The same names and usage as the certificate that it replaces, and a later end.</summary>
    /// <param name="present">The certificate that it replaces.</param>
    /// <param name="key">The present key, or a new one.</param>
    /// <param name="mayEndThen">
    /// Whether it may end when the present one does. A renewal that is not due, at the user's request, gets the same end if it
    /// is within a second of the last one.
    /// </param>
    public static Expectation FromCertificate(X509Certificate2 present, PrivateKey key, bool mayEndThen) => new()
    {
        Key = key,
        Subject = present.SubjectName,
        Names = SubjectAlternativeNames.FromCertificate(present),
        Usage = CertificateUsage.FromCertificate(present),
        EndsNoEarlierThan = CertificateValidity.FromCertificate(present).NotAfter,
        MayEndThen = mayEndThen,
        ReplacedSerialNumber = present.SerialNumber,
    };
}
