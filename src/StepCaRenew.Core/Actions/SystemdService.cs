using StepCaRenew.Logging;

namespace StepCaRenew.Actions;

/// <summary>Services of systemd, treated as the systemd template of the reference client does: <c>is-active</c> first.</summary>
internal static class SystemdService
{
    // systemctl(1): "unit is not active", "no such unit". Anything else is a failure of systemctl itself.
    private const int NotActive = 3;
    private const int Unknown = 4;

    public static string Find() => ProgramFinder.Find("systemctl")
        ?? throw ActionErrors.Invalid("There is no systemctl on PATH: this machine has no systemd.", "Use -FilePath with the program that reloads the service here, or -Signal with -PidFile.");

    public static async Task RunAsync(ServiceAction action, ActionContext context, CancellationToken cancellationToken)
    {
        var systemctl = Find();
        var (code, output) = await ChildProcess.RunAsync(action, systemctl, ["--quiet", "is-active", "--", action.Name], context, cancellationToken).ConfigureAwait(false);
        if (code is NotActive or Unknown)
        {
            ActionLog.PassedOver(context.Logger, action.Name);
            return;
        }

        if (code != 0)
            throw ActionErrors.Failed(action, $"systemctl can't tell whether it runs (exit code {code}). {OutputCleaner.LastLine(output)}".TrimEnd());
        // Both leave a service alone that has ended since.
        var verb = action.IsReload ? "try-reload-or-restart" : "try-restart";
        await ChildProcess.DemandSuccessAsync(action, systemctl, [verb, "--", action.Name], context, cancellationToken).ConfigureAwait(false);
    }
}
