using StepCaRenew.Logging;
using StepCaRenew.Processes;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>
/// Runs a PowerShell script in its own process: it can be ended if it hangs, its exit ends only that process, and the modules
/// that it loads do not stay in the session.
/// </summary>
/// <param name="ScriptPath">The full path.</param>
internal sealed record ScriptAction(string ScriptPath) : ActionDefinition
{
    /// <inheritdoc/>
    public override string Description => $"script '{Path.GetFileName(ScriptPath)}'";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => ["script", ScriptPath];

    /// <inheritdoc/>
    public override void RequireRunnable(ActionHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (!Path.GetExtension(ScriptPath).Equals(".ps1", StringComparison.OrdinalIgnoreCase))
            throw ActionErrors.Invalid($"'{ScriptPath}' is not a PowerShell script.", "Give -ScriptPath a .ps1 file; use -FilePath for other programs.");
        if (!File.Exists(ScriptPath))
            throw ActionErrors.Invalid($"The script '{ScriptPath}' does not exist.", "Check -ScriptPath.");
        Pwsh(host);
    }

    /// <inheritdoc/>
    internal override Task RunAsync(ActionContext context, CancellationToken cancellationToken) => ChildProcess.RunToSuccessAsync(
        this, Pwsh(context.Host), ["-NoProfile", "-NonInteractive", "-NoLogo", "-File", ScriptPath], context, cancellationToken);

    internal static string Pwsh(ActionHost host) => host.PwshPath ?? ProgramFinder.Find("pwsh")
        ?? throw ActionErrors.Invalid("pwsh, which runs -ScriptPath, was not found on PATH.", "Add the folder of pwsh to PATH.");
}

/// <summary>Runs a script block of the call in the caller's session.</summary>
/// <param name="Text">The text, which identifies the script block.</param>
/// <param name="Runner">Runs it.</param>
internal sealed record ScriptBlockAction(string Text, IScriptBlockRunner Runner) : ActionDefinition
{
    /// <inheritdoc/>
    public override string Description => "script block";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => ["scriptblock", Text];

    /// <inheritdoc/>
    internal override async Task RunAsync(ActionContext context, CancellationToken cancellationToken)
    {
        var (output, failure) = await (context.Incident is { } incident ? Runner.RunAsync(incident) : Runner.RunAsync(context.Results)).ConfigureAwait(false);
        ActionLog.Output(context.Logger, Description, OutputCleaner.Clean(output));
        if (failure is not null)
            throw ActionErrors.Failed(this, OutputCleaner.Clean(failure), publicReason: "it threw an exception.");
    }
}
