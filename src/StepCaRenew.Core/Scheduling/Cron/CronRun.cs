using StepCaRenew.Renewals;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>Runs the command of a line as cron would: as its user, by sh, in the user's home, with cron's few variables.</summary>
internal static class CronRun
{
    // sh(1): found but not executable, not found.
    private static readonly int[] NotStarted = [126, 127];
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    public static async Task<int?> RunAsync(ScheduledRun run, TimeProvider clock, CancellationToken cancellationToken)
    {
        var user = (run.Scope == RenewalScope.Machine ? LinuxAccount.RequireUser(run.Account) : LinuxUser.Current())
            ?? throw SchedulerErrors.NotRun(run.Name, "this machine does not know the user of this process.");
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
            throw SchedulerErrors.NotRun(run.Name, $"it did not end within {run.TimeLimit}, and was ended.");
        if (NotStarted.Contains(result.ExitCode))
            throw SchedulerErrors.NotRun(run.Name, $"the command could not be started. {result.LastWords}".TrimEnd());
        return result.ExitCode;
    }

    /// <summary>The variables of a run that cron starts.</summary>
    /// <param name="run">The run.</param>
    /// <param name="user">Whom it runs as; null for a user that the machine does not know.</param>
    internal static Dictionary<string, string> Variables(ScheduledRun run, LinuxUser? user)
    {
        var variables = new Dictionary<string, string>
        {
            ["HOME"] = user?.Home ?? "/",
            ["LOGNAME"] = user?.Name ?? string.Empty,
            ["SHELL"] = "/bin/sh",
            // A crontab of a user sets none of its own here, and gets what cron gives.
            ["PATH"] = run.Scope == RenewalScope.Machine ? CronFile.SearchPath : "/usr/bin:/bin",
        };
        foreach (var (name, value) in RunVariables.ForRun(run))
            variables[name] = value;
        return variables;
    }
}
