using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>Renewals of the machine as files in cron's folder, those of a user as lines of the user's crontab.</summary>
internal sealed class CronScheduler(LinuxPaths paths, TimeProvider clock) : IScheduler
{
    /// <inheritdoc/>
    public string Kind => SchedulerKind.Cron;

    /// <inheritdoc/>
    public string Render(ScheduledRun run) =>
        run.Scope == RenewalScope.Machine ? CronFile.Render(run) : string.Concat(new CrontabBlock(run.Name).Render(run).Select(line => line + "\n"));

    /// <inheritdoc/>
    public async Task<ScheduleFinding> FindAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        var place = Place(run.Name, run.Scope);
        if (await place.ReadAsync(cancellationToken).ConfigureAwait(false) is not { } lines)
            return ScheduleFinding.None;
        return new ScheduleFinding(true, Times(lines), [.. await place.DifferencesAsync(run, cancellationToken).ConfigureAwait(false), .. CronService.Differences(paths)])
        {
            Variables = await place.VariablesAsync(cancellationToken).ConfigureAwait(false),
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FindChangesAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        var place = Place(run.Name, run.Scope);
        return await place.ReadAsync(cancellationToken).ConfigureAwait(false) is null ? ScheduleFinding.None.Differences : await place.DifferencesAsync(run, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<bool> InstallAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        CronService.RequirePresent(paths, run.Scope);
        if (run.Scope == RenewalScope.Machine)
            LinuxAccount.RequireUser(run.Account);
        if ((await FindChangesAsync(run, cancellationToken).ConfigureAwait(false)).Count == 0)
            return false;
        await Place(run.Name, run.Scope).WriteAsync(run, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(string name, RenewalScope scope, CancellationToken cancellationToken)
    {
        var place = Place(name, scope);
        if (await place.ReadAsync(cancellationToken).ConfigureAwait(false) is null)
            return false;
        await place.DeleteAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public Task<int?> RunNowAsync(ScheduledRun run, CancellationToken cancellationToken) => CronRun.RunAsync(run, clock, cancellationToken);

    private ICronPlace Place(string name, RenewalScope scope) =>
        scope == RenewalScope.Machine ? new CronFolderPlace(paths, name, clock) : new CrontabPlace(paths, name, clock);

    // The first five fields of the line with the times; other lines are comments, variables and @reboot.
    private static string? Times(IEnumerable<string> lines) => lines
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length > 5 && (fields[0] == "*" || char.IsAsciiDigit(fields[0][0])))
        .Select(fields => string.Join(' ', fields[..5]))
        .FirstOrDefault();
}

/// <summary>Where the lines of a renewal are: in a file of their own, or in the crontab of a user.</summary>
internal interface ICronPlace
{
    /// <summary>The lines; null if there are none.</summary>
    Task<IReadOnlyList<string>?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>A sentence for each difference from what the lines should be.</summary>
    Task<IReadOnlyList<string>> DifferencesAsync(ScheduledRun run, CancellationToken cancellationToken);

    /// <summary>The variables that are set for the lines.</summary>
    Task<IReadOnlyDictionary<string, string>> VariablesAsync(CancellationToken cancellationToken);

    /// <summary>Adds the lines, or corrects them.</summary>
    Task WriteAsync(ScheduledRun run, CancellationToken cancellationToken);

    /// <summary>Removes the lines.</summary>
    Task DeleteAsync(CancellationToken cancellationToken);
}
