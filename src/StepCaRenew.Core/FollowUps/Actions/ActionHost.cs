namespace StepCaRenew.FollowUps.Actions;

/// <summary>The settings that all actions of one call share.</summary>
internal sealed record ActionHost
{
    /// <summary>The time limit of one action; then its processes are ended.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The folder that programs start in.</summary>
    public string WorkingDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>The PowerShell that runs scripts; null if not known.</summary>
    public string? PwshPath { get; init; }

    /// <summary>Runs script blocks; null if there is no session to run them in.</summary>
    public IScriptBlockRunner? ScriptBlocks { get; init; }
}
