namespace StepCaRenew.Certificates;

/// <summary>A certificate on disk as an operator wants to see it: flat, so that ConvertTo-Json shows all of it.</summary>
public sealed record StepCertificate
{
    /// <summary>The certificate's short name, made of its path.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="CertificateStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>One of <see cref="Certificates.KeyStatus"/>.</summary>
    public required string KeyStatus { get; init; }

    /// <summary>The subject's distinguished name.</summary>
    public required string Subject { get; init; }

    /// <summary>Host names among the alternative names.</summary>
    public required IReadOnlyList<string> DnsNames { get; init; }

    /// <summary>IP addresses among the alternative names.</summary>
    public required IReadOnlyList<string> IPAddresses { get; init; }

    /// <summary>Mail addresses among the alternative names.</summary>
    public required IReadOnlyList<string> EmailAddresses { get; init; }

    /// <summary>URIs among the alternative names.</summary>
    public required IReadOnlyList<string> Uris { get; init; }

    /// <summary>The issuer's distinguished name.</summary>
    public required string Issuer { get; init; }

    /// <summary>The serial number, hexadecimal.</summary>
    public required string SerialNumber { get; init; }

    /// <summary>The beginning of its validity, local time.</summary>
    public required DateTime NotBefore { get; init; }

    /// <summary>The end of its validity, local time.</summary>
    public required DateTime NotAfter { get; init; }

    /// <summary>From when it is due by the default rule, local time.</summary>
    public required DateTime RenewAfter { get; init; }

    /// <summary>The time until <see cref="RenewAfter"/> in seconds; negative once it is due.</summary>
    public required long RenewAfterSeconds { get; init; }

    /// <summary>The time until <see cref="NotAfter"/> in seconds; negative once it has expired.</summary>
    public required long RemainingSeconds { get; init; }

    /// <summary>The whole validity in seconds.</summary>
    public required long LifetimeSeconds { get; init; }

    /// <summary>The share of the lifetime that is over, in percent with one decimal.</summary>
    public required double ElapsedPercent { get; init; }

    /// <summary>The provisioner that issued it; null where the certificate names none.</summary>
    public string? Provisioner { get; init; }

    /// <summary>The provisioner's kind, such as JWK or ACME.</summary>
    public string? ProvisionerType { get; init; }

    /// <summary>Algorithm and size of the certificate's key: <c>EC P-256</c>, <c>RSA 2048</c>.</summary>
    public required string KeyAlgorithm { get; init; }

    /// <summary>What it may be used for; empty where that is not restricted.</summary>
    public required IReadOnlyList<string> ExtendedKeyUsage { get; init; }

    /// <summary>SHA-1 of the certificate, as Windows names it.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>SHA-256 of the certificate.</summary>
    public required string ThumbprintSha256 { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo.</summary>
    public required string PublicKeyId { get; init; }

    /// <summary>The certificate file.</summary>
    public required string CertificatePath { get; init; }

    /// <summary>The key file; null where none was found.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The id of the error where the key is missing or unreadable, or does not match.</summary>
    public string? KeyErrorId { get; init; }

    /// <summary>What is wrong with the key, if anything.</summary>
    public string? KeyMessage { get; init; }
}
