namespace StepCaRenew.Integration.Cas;

/// <summary>The certificate that a test needs.</summary>
public sealed record IssueOptions
{
    public string Name { get; init; } = "test.local";

    /// <summary>Empty for only the common name.</summary>
    public IReadOnlyList<string> Sans { get; init; } = [];

    /// <summary>From now to the end for a fresh certificate (the CA backdates its start); the whole validity for one with an age.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>
    /// How long ago the validity began. Such a certificate is made with the intermediate's key, since /sign would refuse
    /// it. With an age above the lifetime it has expired, without waiting.
    /// </summary>
    public TimeSpan? Age { get; init; }

    /// <summary>admin, norenew, or noeku.</summary>
    public string Provisioner { get; init; } = "admin";

    /// <summary>The folder for the files.</summary>
    public required string Folder { get; init; }

    /// <summary>EC-P256, EC-P384, EC-P521, RSA-2048 and so on.</summary>
    public string KeyAlgorithm { get; init; } = "EC-P256";

    /// <summary>Whether the key may sign; only with an age.</summary>
    public bool DigitalSignature { get; init; } = true;

    /// <summary>Whether the certificate is meant for servers; only with an age.</summary>
    public bool ServerAuth { get; init; } = true;

    public IReadOnlyList<string> AllSans => Sans.Count > 0 ? Sans : [Name];
}
