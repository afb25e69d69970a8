using StepCaRenew.Policy;

namespace StepCaRenew.Certificates;

/// <summary>Where a certificate stands in its lifetime.</summary>
public static class CertificateStatus
{
    /// <summary>Valid, and not yet due.</summary>
    public const string Valid = nameof(Valid);

    /// <summary>Valid, and to be renewed.</summary>
    public const string Due = nameof(Due);

    /// <summary>Its validity is over.</summary>
    public const string Expired = nameof(Expired);

    /// <summary>Its validity has not begun.</summary>
    public const string NotYetValid = nameof(NotYetValid);

    /// <summary>A replacement was cut short; the next run finishes or undoes it.</summary>
    public const string Interrupted = nameof(Interrupted);

    /// <summary>The status at a moment.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="renewAfter">From when it is due.</param>
    /// <param name="now">The moment.</param>
    public static string At(CertificateValidity certificate, DateTimeOffset renewAfter, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return now > certificate.NotAfter ? Expired
            : now < certificate.NotBefore ? NotYetValid
            : now >= renewAfter ? Due
            : Valid;
    }
}
