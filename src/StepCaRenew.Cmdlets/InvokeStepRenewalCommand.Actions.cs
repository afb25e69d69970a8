using System.Management.Automation;
using StepCaRenew.Actions;
using StepCaRenew.Cmdlets.Support;

namespace StepCaRenew.Cmdlets;

/// <summary>The parameters of what follows a renewal.</summary>
public sealed partial class InvokeStepRenewalCommand
{
    private IReadOnlyList<ActionDefinition> actions = [];
    private ActionHost host = new();

    /// <summary>Services to restart after a renewal.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RestartService { get; set; } = [];

    /// <summary>Services of systemd to reload, or restart where they can't, after a renewal.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ReloadService { get; set; } = [];

    /// <summary>A signal to send after a renewal.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Signal { get; set; }

    /// <summary>The file with the id of the process that the signal goes to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PidFile { get; set; }

    /// <summary>A program to run after a renewal.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? FilePath { get; set; }

    /// <summary>The program's arguments.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>A PowerShell script to run after a renewal.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScriptPath { get; set; }

    /// <summary>A script block to run after a renewal.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>How long an action may take.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ActionTimeout { get; set; }

    private void PrepareActions()
    {
        if ((Signal is null) != (PidFile is null))
            throw new RenewalException(ErrorId.ConflictingParameters, "-Signal and -PidFile go together.", "Give both of them.");
        if (ArgumentList.Length > 0 && FilePath is null)
            throw new RenewalException(ErrorId.ConflictingParameters, "-ArgumentList was given without -FilePath.", "Name the program in -FilePath.");
        host = host with
        {
            WorkingDirectory = SessionState.Path.CurrentFileSystemLocation.ProviderPath,
            PwshPath = Pwsh.Find(SessionState),
            ScriptBlocks = ScriptBlock is null ? null : new ScriptBlockRunner(ScriptBlock, pump),
        };
        actions = [.. Definitions()];
        foreach (var action in actions)
            action.Demand(host);
    }

    // What makes other files of the certificate comes before what loads them.
    private IEnumerable<ActionDefinition> Definitions()
    {
        if (FilePath is not null)
            yield return new CommandAction(FilePath.IndexOfAny(['/', System.IO.Path.DirectorySeparatorChar]) < 0 ? FilePath : FullPath(FilePath), ArgumentList);
        if (ScriptPath is not null)
            yield return new ScriptAction(FullPath(ScriptPath));
        if (ScriptBlock is not null)
            yield return new ScriptBlockAction(ScriptBlock.ToString());
        if (Signal is not null)
            yield return new SignalAction(Signal, FullPath(PidFile!));
        foreach (var service in ReloadService)
            yield return new ServiceAction(service, IsReload: true);
        foreach (var service in RestartService)
            yield return new ServiceAction(service, IsReload: false);
    }
}
