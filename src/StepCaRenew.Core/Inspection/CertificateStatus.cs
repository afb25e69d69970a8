using StepCaRenew.Policy;

namespace StepCaRenew;

/// <summary>The statuses of a certificate.</summary>
public static class CertificateStatus
{
    /// <summary>Valid, and not yet due.</summary>
    public const string Valid = nameof(Valid);

    /// <summary>Valid, and due for renewal.</summary>
    public const string Due = nameof(Due);

    /// <summary>Its validity has ended.</summary>
    public const string Expired = nameof(Expired);

    /// <summary>Its validity has not begun.</summary>
    public const string NotYetValid = nameof(NotYetValid);

    /// <summary>A replacement was interrupted; the next run completes or undoes it.</summary>
    public const string Interrupted = nameof(Interrupted);

    /// <summary>The status of a certificate at a moment.</summary>
    internal static string At(CertificateValidity certificate, DateTimeOffset renewAfter, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return now > certificate.NotAfter ? Expired
            : now < certificate.NotBefore ? NotYetValid
            : now >= renewAfter ? Due
            : Valid;
    }
}
