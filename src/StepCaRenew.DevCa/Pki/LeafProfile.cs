namespace StepCaRenew.DevCa.Pki;

/// <summary>The contents of a leaf certificate, except its key.</summary>
public sealed record LeafProfile
{
    /// <summary>The subject's common name.</summary>
    public required string Name { get; init; }

    /// <summary>DNS names, IP and mail addresses and URIs.</summary>
    public required IReadOnlyList<string> Sans { get; init; }

    /// <summary>The start of the validity.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The end of the validity.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Whether it has the usage clientAuth, which renewal needs.</summary>
    public bool ClientAuth { get; init; } = true;

    /// <summary>Whether it has the usage serverAuth.</summary>
    public bool ServerAuth { get; init; } = true;

    /// <summary>Whether the key may sign, which renewal by token needs.</summary>
    public bool DigitalSignature { get; init; } = true;

    /// <summary>The provisioner's name and key id for the extension of step certificates.</summary>
    public (string Name, string KeyId)? Provisioner { get; init; }
}
