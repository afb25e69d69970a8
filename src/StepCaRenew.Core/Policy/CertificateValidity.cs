using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Policy;

/// <summary>The data of a certificate that the policy needs.</summary>
/// <param name="NotBefore">The first moment of its validity.</param>
/// <param name="NotAfter">The last moment of its validity.</param>
/// <param name="Spread">See <see cref="CertificateSpread"/>.</param>
internal sealed record CertificateValidity(DateTimeOffset NotBefore, DateTimeOffset NotAfter, double Spread)
{
    /// <summary>The whole validity.</summary>
    public TimeSpan Lifetime => NotAfter - NotBefore;

    /// <summary>The data of a certificate, as moments: local time, in which .NET gives them, has an hour twice in autumn.</summary>
    public static CertificateValidity FromCertificate(X509Certificate2 certificate) => new(
        certificate.NotBefore, certificate.NotAfter, CertificateSpread.ForCertificate(certificate.IssuerName.RawData, certificate.SerialNumberBytes.Span));

    /// <summary>The share of the lifetime that is over, in percent: below 0 before the validity, above 100 after it.</summary>
    public double ElapsedPercent(DateTimeOffset now) =>
        Lifetime > TimeSpan.Zero ? 100.0 * (now - NotBefore).Ticks / Lifetime.Ticks : 100.0;
}
