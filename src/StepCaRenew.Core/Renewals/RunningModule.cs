namespace StepCaRenew.Renewals;

/// <summary>What runs at this moment, and is to run again by schedule.</summary>
/// <param name="PwshPath">The full path of pwsh; null where another program hosts PowerShell.</param>
/// <param name="Folder">The folder of the module.</param>
public sealed record RunningModule(string? PwshPath, string Folder);
