using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Whether a user's timers run while the user is not logged in (loginctl(1), "enable-linger").</summary>
internal static class Linger
{
    public static async Task<IReadOnlyList<string>> DifferencesAsync(LinuxPaths paths, TimeProvider clock, ScheduledRun run, CancellationToken cancellationToken)
    {
        var loginctl = new LinuxTool(paths.Loginctl, clock);
        if (run.Scope == RenewalScope.Machine || !loginctl.Exists)
            return [];
        var user = LinuxAccount.NameOf(run.Account);
        var asked = await loginctl.RunAsync(["show-user", "--property=Linger", "--", user], cancellationToken).ConfigureAwait(false);
        // logind has no answer for a user who never logged in.
        return asked.ExitCode == 0 && asked.Text.Trim() == "Linger=no"
            ? [$"The timers of '{user}' stop when the user logs out: run 'loginctl enable-linger {user}' as root to keep them running."]
            : [];
    }
}
