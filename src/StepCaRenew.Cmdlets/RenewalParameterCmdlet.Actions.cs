using System.Management.Automation;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Policy;

namespace StepCaRenew.Cmdlets;

/// <summary>The parameters of the actions after a renewal.</summary>
public abstract partial class RenewalParameterCmdlet
{
    /// <summary>Services to restart after a renewal.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string[] RestartService { get; set; } = [];

    /// <summary>Services of systemd to reload after a renewal; one that cannot reload is restarted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServiceCompleter))]
    public string[] ReloadService { get; set; } = [];

    /// <summary>A signal to send after a renewal.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SignalCompleter))]
    public string? Signal { get; set; }

    /// <summary>The file with the process id that the signal is sent to.</summary>
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

    /// <summary>How long an action may take.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ActionTimeout { get; set; }

    /// <summary>Servers that must serve the new certificate after the actions: https://host, smtp://host, host:port.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ServedBy { get; set; } = [];

    /// <summary>How long a server has to serve the new certificate.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ServedTimeout { get; set; }

    /// <summary>How long an action may take; null if the parameter was not given.</summary>
    /// <exception cref="RenewalException">It is not a duration.</exception>
    protected TimeSpan? ReadActionTimeout() => ActionTimeout is null ? null : Duration.ParseTimeout(ActionTimeout);

    private TimeSpan? ReadServedTimeout() =>
        ServedTimeout is null ? null
        : ServedBy.Length > 0 ? Duration.ParseTimeout(ServedTimeout)
        : throw Conflict("-ServedTimeout was given without -ServedBy.", "Name the server in -ServedBy.");

    /// <summary>The actions of the parameters in their order: signals before programs, as with <c>step</c>, and services last.</summary>
    /// <exception cref="RenewalException">A parameter is missing.</exception>
    private protected IReadOnlyList<ActionDefinition> ReadActions(ScriptBlock? scriptBlock = null)
    {
        if (Signal is not null && PidFile is null)
            throw Conflict("-Signal was given without -PidFile.", "Name the file with the process id in -PidFile.");
        if (ArgumentList.Length > 0 && FilePath is null)
            throw Conflict("-ArgumentList was given without -FilePath.", "Name the program in -FilePath.");
        return [.. Actions(scriptBlock)];
    }

    // A name without a folder is searched on PATH.
    private CommandAction ReadProgram(string path, IReadOnlyList<string> arguments) =>
        new(path.IndexOfAny(['/', System.IO.Path.DirectorySeparatorChar]) < 0 ? path : FullPath(path), arguments);

    private IEnumerable<ActionDefinition> Actions(ScriptBlock? scriptBlock)
    {
        if (PidFile is not null)
            yield return new SignalAction(Signal ?? SignalAction.DefaultSignal, FullPath(PidFile));
        if (FilePath is not null)
            yield return ReadProgram(FilePath, ArgumentList);
        if (ScriptPath is not null)
            yield return new ScriptAction(FullPath(ScriptPath));
        if (scriptBlock is not null)
            yield return new ScriptBlockAction(scriptBlock.ToString(), RunnerOf(scriptBlock)!);
        foreach (var service in ReloadService)
            yield return new ServiceAction(service, IsReload: true);
        foreach (var service in RestartService)
            yield return new ServiceAction(service, IsReload: false);
    }
}
