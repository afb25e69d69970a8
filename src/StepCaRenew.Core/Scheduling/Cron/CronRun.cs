using StepCaRenew.Accounts;
using StepCaRenew.Processes;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>Runs the command of a line as cron does: as its user, by sh, in the home of that user, with the few variables of cron.</summary>
internal static class CronRun
{
    // sh(1): found but not executable, not found.
    private static readonly int[] NotStarted = [126, 127];
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    public static async Task<int?> RunAsync(ScheduledRun run, TimeProvider clock, CancellationToken cancellationToken)
    {
        var user = (run.Scope == RenewalScope.Machine ? LinuxAccount.RequireUser(run.Account) : LinuxUser.Current())
            ?? throw SchedulerErrors.NotRun(run.Name, "this machine has no account of the user of this process.");
        string[] command = ["/bin/sh", "-c", CronCommand.Render(run)];
        string[] all = user.Id == LinuxUser.CurrentId ? command : [.. user.Become, .. command];
        var tool = new LinuxTool(all[0], clock)
        {
            IsBare = true,
            Variables = Variables(run, user),
            WorkingDirectory = Directory.Exists(user.Home) ? user.Home : "/",
            TimeLimit = run.TimeLimit + Grace,
        };
        var result = await tool.RunAsync(all[1..], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == CronCommand.TimeIsOver)
            throw SchedulerErrors.NotRun(run.Name, $"it did not end within {run.TimeLimit} and was killed.");
        if (NotStarted.Contains(result.ExitCode))
            throw SchedulerErrors.NotRun(run.Name, $"the command could not be started. {result.LastWords}".TrimEnd());
        return result.ExitCode;
    }

    /// <summary>The variables of a run that cron starts.</summary>
    /// <param name="user">The user that it runs as; null if the machine has no such account.</param>
    internal static Dictionary<string, string> Variables(ScheduledRun run, LinuxUser? user)
    {
        var variables = new Dictionary<string, string>
        {
            ["HOME"] = user?.Home ?? "/",
            ["LOGNAME"] = user?.Name ?? string.Empty,
            ["SHELL"] = "/bin/sh",
            // A user's crontab sets no PATH, so it has that of cron.
            ["PATH"] = run.Scope == RenewalScope.Machine ? ProgramFinder.SystemPath : "/usr/bin:/bin",
        };
        foreach (var (name, value) in run.Variables)
            variables[name] = value;
        return variables;
    }
}
