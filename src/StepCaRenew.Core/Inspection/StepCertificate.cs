using StepCaRenew.Policy;
using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>The output of <c>Get-StepCertificate</c>: flat, so that ConvertTo-Json shows every property.</summary>
public sealed record StepCertificate
{
    /// <summary>The certificate's short name, made of its path; of a server its host and port.</summary>
    public string Name { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>One of <see cref="CertificateStatus"/>.</summary>
    public string Status { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>One of <see cref="KeyStatus"/>.</summary>
    public string KeyStatus { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The subject's distinguished name.</summary>
    public string Subject { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>Host names among the alternative names.</summary>
    public TextList DnsNames { get; internal init; } = TextList.Empty;

    /// <summary>IP addresses among the alternative names.</summary>
    public TextList IPAddresses { get; internal init; } = TextList.Empty;

    /// <summary>Mail addresses among the alternative names.</summary>
    public TextList EmailAddresses { get; internal init; } = TextList.Empty;

    /// <summary>URIs among the alternative names.</summary>
    public TextList Uris { get; internal init; } = TextList.Empty;

    /// <summary>The issuer's distinguished name.</summary>
    public string Issuer { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The serial number, hexadecimal.</summary>
    public string SerialNumber { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The start of its validity, local time.</summary>
    public DateTime NotBefore { get; internal init; }

    /// <summary>The end of its validity, local time.</summary>
    public DateTime NotAfter { get; internal init; }

    /// <summary>When it becomes due by the default rule, local time.</summary>
    public DateTime RenewAfter { get; internal init; }

    /// <summary>The time until <see cref="RenewAfter"/> in seconds; negative once it is due.</summary>
    public long RenewAfterSeconds { get; internal init; }

    /// <summary>The time until <see cref="NotAfter"/> in seconds; negative once it has expired.</summary>
    public long RemainingSeconds { get; internal init; }

    /// <summary>The whole validity in seconds.</summary>
    public long LifetimeSeconds { get; internal init; }

    /// <summary>The elapsed part of the lifetime, in percent with one decimal.</summary>
    public double ElapsedPercent { get; internal init; }

    /// <summary>The provisioner that issued it; null if the certificate does not name one.</summary>
    public string? Provisioner { get; internal init => field = PlainText.Line(value); }

    /// <summary>The type of the provisioner, such as JWK or ACME.</summary>
    public string? ProvisionerType { get; internal init => field = PlainText.Line(value); }

    /// <summary>Algorithm and size of the certificate's key: <c>EC P-256</c>, <c>RSA 2048</c>.</summary>
    public string KeyAlgorithm { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The extended key usages; empty if the certificate does not restrict them.</summary>
    public TextList ExtendedKeyUsage { get; internal init; } = TextList.Empty;

    /// <summary>SHA-1 of the certificate, as Windows shows it.</summary>
    public string Thumbprint { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>SHA-256 of the certificate.</summary>
    public string ThumbprintSha256 { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>SHA-256 of the SubjectPublicKeyInfo.</summary>
    public string PublicKeyId { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The certificate file; empty if the certificate comes from a server.</summary>
    public string CertificatePath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The key file; null if none was found.</summary>
    public string? KeyPath { get; internal init => field = PlainText.Path(value); }

    /// <summary>The id of the error if the key is missing, unreadable or does not match; otherwise null.</summary>
    public string? KeyErrorId { get; internal init => field = PlainText.Line(value); }

    /// <summary>The message of that error.</summary>
    public string? KeyMessage { get; internal init => field = PlainText.Line(value); }

    /// <summary>In a certificate store: the friendly name; null if it has none, or comes from elsewhere.</summary>
    public string? FriendlyName { get; internal init => field = PlainText.Line(value); }

    /// <summary>In a certificate store: whether a newer certificate of this module has taken its place; null if this module did not put it there.</summary>
    public bool? IsSuperseded { get; internal init; }

    /// <summary>The address of the server that serves it; null if it comes from a file.</summary>
    public string? ServedBy { get; internal init => field = PlainText.Line(value); }

    /// <summary>Of a server: the subjects of the other certificates that it sends, in its order.</summary>
    public TextList ServedChain { get; internal init; } = TextList.Empty;

    /// <summary>Of a server: the certificate file that its certificate was compared with; null for none.</summary>
    public string? ComparedWith { get; internal init => field = PlainText.Path(value); }

    /// <summary>Of a server: whether it serves the certificate of <see cref="ComparedWith"/>; null if that was not asked.</summary>
    public bool? IsSame { get; internal init; }

    /// <summary>Of a server: how it differs from the file in its certificate or its chain, in a sentence; null if it does not.</summary>
    public string? Difference { get; internal init => field = PlainText.Line(value); }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>The statuses of a certificate.</summary>
public static class CertificateStatus
{
    /// <summary>Valid, and not yet due.</summary>
    public const string Valid = nameof(Valid);

    /// <summary>Valid, and due for renewal.</summary>
    public const string Due = nameof(Due);

    /// <summary>The certificate's validity has ended.</summary>
    public const string Expired = nameof(Expired);

    /// <summary>The certificate's validity has not begun.</summary>
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

/// <summary>The statuses of a certificate's key.</summary>
public static class KeyStatus
{
    /// <summary>The key matches the certificate.</summary>
    public const string Matches = nameof(Matches);

    /// <summary>The key does not match the certificate.</summary>
    public const string Mismatch = nameof(Mismatch);

    /// <summary>There is no key file.</summary>
    public const string Missing = nameof(Missing);

    /// <summary>The certificate comes from a server; its key is there.</summary>
    public const string NotChecked = nameof(NotChecked);

    /// <summary>The key file cannot be read: it is damaged, its password is missing, or this account does not have permission.</summary>
    public const string Unreadable = nameof(Unreadable);
}
