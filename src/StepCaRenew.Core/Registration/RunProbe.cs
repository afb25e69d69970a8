using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Logging;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Cron;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.Text;

namespace StepCaRenew.Registration;

/// <summary>
/// Loads the module with the pwsh of a schedule, as the account of the run and with the few variables of a scheduled run, to
/// find what would fail at every run (permissions, a missing .NET runtime, a damaged module). Only on Linux.
/// </summary>
internal sealed class RunProbe(TimeProvider clock, ILogger logger)
{
    /// <summary>Requires that the run can load the module.</summary>
    /// <returns>The folder of the module that was loaded; null if unknown.</returns>
    /// <exception cref="RenewalException">The run cannot load it (<see cref="ErrorId.PwshUnsuitable"/>, <see cref="ErrorId.ModuleNotLoaded"/>).</exception>
    public async Task<string?> RequireLoadableAsync(PlannedRegistration registration, RunningModule module, bool isForced, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var (account, pwsh) = (registration.Run.Account, registration.Run.Command.Program);
        var access = new AccountAccess(account, clock);
        if (!await access.CanExecuteAsync(pwsh, cancellationToken).ConfigureAwait(false))
            throw new RenewalException(
                ErrorId.PwshUnsuitable, $"'{account.Display}', the account of the run, cannot execute '{pwsh}'.",
                "Install PowerShell by a package of the system and register from that pwsh, or give that user permission to execute it and to enter the folders above it.");
        var manifest = Path.Combine(module.Folder, "StepCaRenew.psd1");
        if (!await access.CanReadAsync(manifest, cancellationToken).ConfigureAwait(false))
            throw new RenewalException(
                ErrorId.AccessDenied, $"'{account.Display}', the account of the run, cannot read the module '{manifest}'.",
                "Install the module for all users, in /usr/local/share/powershell/Modules, and register again from there.");
        try
        {
            return await LoadAsync(registration.Run, access, cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e) when (isForced)
        {
            TaskLog.Warned(logger, $"{registration.Definition.Name}: {e.Message} It is registered anyway (-Force).");
            return null;
        }
    }

    [SupportedOSPlatform("linux")]
    private async Task<string?> LoadAsync(ScheduledRun run, AccountAccess access, CancellationToken cancellationToken)
    {
        var user = run.Scope == RenewalScope.Machine ? LinuxAccount.RequireUser(run.Account) : LinuxUser.Current();
        string[] start = [run.Command.Program, "-NoProfile", "-NonInteractive", "-NoLogo", "-Command", $"$ErrorActionPreference = 'Stop'; {run.Command.Import}; (Get-Module StepCaRenew).ModuleBase"];
        string[] command = access.IsOwn || user is null ? start : [.. user.Become, .. start];
        var tool = new LinuxTool(command[0], clock)
        {
            IsBare = true,
            Variables = new Dictionary<string, string>(CronRun.Variables(run, user)) { ["NO_COLOR"] = "1", ["TERM"] = "dumb" },
            WorkingDirectory = user is not null && Directory.Exists(user.Home) ? user.Home : "/",
        };
        if (!tool.Exists && !access.IsOwn)
            return null;
        var result = await tool.RunAsync(command[1..], cancellationToken).ConfigureAwait(false);
        var lines = result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (result.ExitCode == 0 && lines.LastOrDefault() is { } folder && Directory.Exists(folder))
            return folder;
        throw new RenewalException(
            ErrorId.ModuleNotLoaded,
            $"A run as '{run.Account.Display}' cannot load the module: '{run.Command.Program}' ended with exit code {result.ExitCode}. {result.LastWords}".TrimEnd(),
            $"Try it with the few variables of a scheduled run, and fix the cause: env -i HOME={(user is null ? "/" : ShellWord.Quote(user.Home))} PATH=/usr/bin:/bin {ShellWord.Quote(run.Command.Program)} -NoProfile -Command {ShellWord.Quote(run.Command.Import)}. To register anyway: -Force.");
    }
}
