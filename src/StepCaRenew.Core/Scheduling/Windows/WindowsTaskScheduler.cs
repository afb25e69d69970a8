using System.Globalization;
using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Windows.Com;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>Task Scheduler of Windows. Rendering works on any system; all else needs Windows.</summary>
internal sealed class WindowsTaskScheduler : IScheduler
{
    private readonly ITaskStore? store;
    private readonly TaskRunner runner;
    private readonly string user;
    private readonly Func<string, string?> sidOf;

    /// <summary>Uses the Task Scheduler of this machine, as the user of this process.</summary>
    public WindowsTaskScheduler(TimeProvider clock)
        : this(OperatingSystem.IsWindows() ? new ComTaskStore() : null, clock, AccountNames.Current(), AccountNames.SidOf)
    {
    }

    internal WindowsTaskScheduler(ITaskStore? store, TimeProvider clock, string user, Func<string, string?> sidOf)
    {
        this.store = store;
        this.user = user;
        this.sidOf = sidOf;
        runner = new TaskRunner(clock);
    }

    /// <inheritdoc/>
    public string Kind => SchedulerKind.TaskScheduler;

    /// <inheritdoc/>
    public string Render(ScheduledRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return TaskXml.Render(run, PathOf(run));
    }

    /// <inheritdoc/>
    public async Task<ScheduleFinding> FindAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        var wanted = Render(run);
        var path = PathOf(run);
        var found = await AskAsync(tasks => tasks.Read(path), path, "read", cancellationToken).ConfigureAwait(false);
        return found is null
            ? ScheduleFinding.None
            : new ScheduleFinding(true, TaskXmlReader.Summary(found), TaskDifferences.Between(found, wanted, sidOf));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FindChangesAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var differences = (await FindAsync(run, cancellationToken).ConfigureAwait(false)).Differences;
        // A given password is always written: the stored one cannot be read for comparison.
        return differences.Count > 0 || TaskIdentity.ForRun(run).Password is null ? differences : [$"The password of {run.Account.Display} is stored again."];
    }

    /// <inheritdoc/>
    public async Task<bool> InstallAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        if ((await FindChangesAsync(run, cancellationToken).ConfigureAwait(false)).Count == 0)
            return false;
        var identity = TaskIdentity.ForRun(run);
        var path = PathOf(run);
        var xml = Render(run);
        return await AskAsync(
            tasks =>
            {
                tasks.Write(path, xml, identity, TaskSecurity.DescriptorFor(identity, sidOf));
                return true;
            },
            path, "registered", cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string name, RenewalScope scope, CancellationToken cancellationToken)
    {
        var path = TaskPath.ForRenewal(name, scope, user);
        return AskAsync(tasks => tasks.Delete(path), path, "deleted", cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<int?> RunNowAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var path = PathOf(run);
        return await runner.RunAsync(
            run,
            () => AskAsync(tasks => tasks.Activity(path), path, "asked for its state", cancellationToken),
            () => AskAsync(
                tasks =>
                {
                    tasks.Start(path);
                    return true;
                },
                path, "started", cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    private TaskPath PathOf(ScheduledRun run) => TaskPath.ForRenewal(run.Name, run.Scope, user);

    // On a thread of the pool, since the thread of PowerShell can be in a single-threaded COM apartment.
    private async Task<T> AskAsync<T>(Func<ITaskStore, T> ask, TaskPath path, string verb, CancellationToken cancellationToken)
    {
        var tasks = store ?? throw new RenewalException(
            ErrorId.SchedulerUnavailable, "Task Scheduler exists only on Windows.", "Use -Scheduler Systemd or Cron here.");
        try
        {
            return await Task.Run(() => ask(tasks), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (RenewalException or OperationCanceledException))
        {
            throw TaskErrors.ToError(e, string.Create(CultureInfo.InvariantCulture, $"The task '{path.Full}' cannot be {verb}"));
        }
    }
}
