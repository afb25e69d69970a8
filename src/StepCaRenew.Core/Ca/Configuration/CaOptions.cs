namespace StepCaRenew.Ca.Configuration;

/// <summary>The CA options of a call. What is null comes from the environment and the step configuration.</summary>
internal sealed record CaOptions
{
    /// <summary>The CA's address, such as <c>https://ca.example.com</c>.</summary>
    public string? CaUrl { get; init; }

    /// <summary>The file of the CA's root certificate, or a folder or a comma-separated list of such files.</summary>
    public string? RootPath { get; init; }

    /// <summary>The SHA-256 fingerprint that the root must have, hexadecimal; null for the configured one, if any.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The name of a step context.</summary>
    public string? Context { get; init; }

    /// <summary>The folder of the step configuration instead of <c>$STEPPATH</c> or <c>~/.step</c>.</summary>
    public string? StepPath { get; init; }

    /// <summary>The folder for relative paths; null for that of the process, which PowerShell's <c>cd</c> does not change.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>The registered renewal that these options are from; null for an interactive call.</summary>
    public string? RegisteredName { get; init; }
}
