namespace StepCaRenew.DevCa.Pki;

/// <summary>What a leaf certificate says, apart from its key.</summary>
public sealed record LeafProfile
{
    /// <summary>The subject's common name.</summary>
    public required string Name { get; init; }

    /// <summary>DNS names, IP and mail addresses and URIs.</summary>
    public required IReadOnlyList<string> Sans { get; init; }

    /// <summary>Where the validity begins.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Where it ends.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Whether the certificate may show itself as a client, which renewing needs.</summary>
    public bool ClientAuth { get; init; } = true;

    /// <summary>Whether the certificate may show itself as a server.</summary>
    public bool ServerAuth { get; init; } = true;

    /// <summary>Whether the key may sign, which renewing by token needs.</summary>
    public bool DigitalSignature { get; init; } = true;

    /// <summary>The provisioner's name and key id, as the extension of step certificates names them.</summary>
    public (string Name, string KeyId)? Provisioner { get; init; }
}
