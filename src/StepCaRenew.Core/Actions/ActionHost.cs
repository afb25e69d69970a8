namespace StepCaRenew.Actions;

/// <summary>What the actions of one call have in common.</summary>
public sealed record ActionHost
{
    /// <summary>How long one action may take; then it is ended with its children.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The folder that programs start in.</summary>
    public string WorkingDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>The PowerShell that runs scripts; null where none is known.</summary>
    public string? PwshPath { get; init; }

    /// <summary>Runs script blocks; null where there is no session to run them in.</summary>
    public IScriptBlockRunner? ScriptBlocks { get; init; }
}
