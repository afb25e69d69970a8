namespace StepCaRenew.Actions;

/// <summary>
/// Runs a PowerShell script in a process of its own: one that hangs can be ended, one that calls exit ends only itself,
/// and one that loads modules leaves nothing in the session.
/// </summary>
/// <param name="ScriptPath">Its full path.</param>
public sealed record ScriptAction(string ScriptPath) : ActionDefinition
{
    /// <inheritdoc/>
    public override string Description => $"Running the script '{Path.GetFileName(ScriptPath)}'";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => ["script", ScriptPath];

    /// <inheritdoc/>
    public override void RequireRunnable(ActionHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (!Path.GetExtension(ScriptPath).Equals(".ps1", StringComparison.OrdinalIgnoreCase))
            throw ActionErrors.Invalid($"'{ScriptPath}' is no PowerShell script.", "Name a .ps1 file in -ScriptPath; other programs go to -FilePath.");
        if (!File.Exists(ScriptPath))
            throw ActionErrors.Invalid($"There is no script '{ScriptPath}'.", "Check -ScriptPath.");
        Pwsh(host);
    }

    /// <inheritdoc/>
    internal override Task RunAsync(ActionContext context, CancellationToken cancellationToken) => ChildProcess.RunToSuccessAsync(
        this, Pwsh(context.Host), ["-NoProfile", "-NonInteractive", "-NoLogo", "-File", ScriptPath], context, cancellationToken);

    internal static string Pwsh(ActionHost host) => host.PwshPath ?? ProgramFinder.Find("pwsh")
        ?? throw ActionErrors.Invalid("There is no pwsh to run it with.", "Put the folder of pwsh on PATH.");
}
