namespace StepCaRenew.Registration;

/// <summary>The pwsh and the module of this process, which a schedule will run.</summary>
/// <param name="PwshPath">The full path of pwsh; null if another program hosts PowerShell.</param>
/// <param name="Folder">The folder of the module.</param>
internal sealed record RunningModule(string? PwshPath, string Folder);
