namespace StepCaRenew.Integration.Cas;

/// <summary>Which certificate a test wants.</summary>
public sealed record IssueOptions
{
    public string Name { get; init; } = "test.local";

    /// <summary>Empty means the name alone.</summary>
    public IReadOnlyList<string> Sans { get; init; } = [];

    /// <summary>From now to the end for a fresh certificate (the CA backdates its start); the whole validity for one with an age.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>
    /// How long ago the certificate began. Such a one is made with the intermediate's key, past /sign,
    /// which would refuse it: with an age above the lifetime it has expired, without any waiting.
    /// </summary>
    public TimeSpan? Age { get; init; }

    /// <summary>admin, norenew, or noeku.</summary>
    public string Provisioner { get; init; } = "admin";

    /// <summary>Where the files go.</summary>
    public required string Folder { get; init; }

    /// <summary>EC-P256, EC-P384, EC-P521, RSA-2048 and so on.</summary>
    public string KeyAlgorithm { get; init; } = "EC-P256";

    /// <summary>Whether the key may sign; only with an age.</summary>
    public bool DigitalSignature { get; init; } = true;

    /// <summary>Whether the certificate is meant for servers; only with an age.</summary>
    public bool ServerAuth { get; init; } = true;

    public IReadOnlyList<string> AllSans => Sans.Count > 0 ? Sans : [Name];
}
