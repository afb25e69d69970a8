using StepCaRenew.Accounts;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Inspection;
using StepCaRenew.Policy;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>Collects the definition, schedule, state and certificate of registered renewals.</summary>
/// <param name="module">The pwsh and module that a new registration would use.</param>
internal sealed partial class TaskReader(SchedulerFinder schedulers, RunningModule module, TimeProvider clock, Func<string, string?> environment, StateStore states)
{
    /// <summary>Reads a renewal that was just registered.</summary>
    /// <param name="isChanged">Whether the registration changed anything.</param>
    /// <param name="runExitCode">The exit code of the run of -RunNow; null if there was none, or the scheduler does not report it.</param>
    /// <exception cref="RenewalException">It is not registered, or its definition does not match the schema.</exception>
    public async Task<RenewalTask> ReadAsync(DefinitionStore store, string name, bool isChanged, int? runExitCode, CancellationToken cancellationToken) =>
        await ReadAsync(store, name, cancellationToken).ConfigureAwait(false) with { Changed = isChanged, RunExitCode = runExitCode };

    /// <summary>Reads a renewal.</summary>
    /// <exception cref="RenewalException">It is not registered, or its definition does not match the schema.</exception>
    public async Task<RenewalTask> ReadAsync(DefinitionStore store, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var definition = store.Load(name);
        var account = RunAccount.FromDefinition(definition);
        var state = states.Read(definition.Name);
        var scheduler = schedulers.Get(definition.Scheduler ?? SchedulerFinder.Auto);
        var task = FromDefinition(store, definition, state, account, scheduler);
        var facts = new HealthFacts
        {
            Name = definition.Name,
            Now = clock.GetUtcNow(),
            State = state,
            Registered = RegisteredAt(task.DefinitionPath),
            // The timestamp of the platform counts from the start of the machine.
            Awake = clock.GetElapsedTime(0),
            Schedule = ScheduleFinding.None,
            Folders = store.Folders,
            HomeOfRun = LinuxUser.Find(account.Display)?.Home,
        };
        try
        {
            TimeSpan interval;
            if (definition.Certificates is not null)
            {
                (task, facts, interval) = DescribeSeveral(task, facts, definition);
            }
            else
            {
                using var certificate = definition.LoadCertificate();
                (task, facts) = Describe(task, facts, definition, certificate);
                interval = ScheduledRuns.IntervalOf(definition, CertificateValidity.FromCertificate(certificate.Leaf));
            }

            var run = ScheduledRuns.Plan(store.Folders, definition, account, interval, module, environment);
            var finding = await scheduler.FindAsync(run, cancellationToken).ConfigureAwait(false);
            task = task with
            {
                Interval = ScheduleInterval.Format(run.Interval),
                Schedule = finding.Description,
                ScheduleHealthy = finding.IsHealthy,
                NextRun = finding.IsHealthy ? ScheduleTimes.NextAfter(run, scheduler.Kind, clock.GetUtcNow()) : null,
            };
            facts = facts with { Run = run, Schedule = finding };
        }
        catch (RenewalException e)
        {
            // Without an interval or a scheduler the renewal is not healthy.
            facts = facts with { Schedule = new ScheduleFinding(false, null, [e.Message]) };
        }

        var details = TaskHealth.Details(facts);
        return task with
        {
            RootWarning = RootEnd.Describe(RegisteredRenewal.CaOf(store.Folders, definition), clock, environment),
            ScheduleDifferences = TextList.FromSentences(facts.Schedule.Differences),
            Healthy = details.Count == 0,
            HealthDetails = TextList.FromSentences(details),
        };
    }

    private static RenewalTask FromDefinition(DefinitionStore store, RenewalDefinition definition, RenewalState state, TaskAccount account, IScheduler scheduler) => new()
    {
        Name = definition.Name,
        Scope = definition.Scope.ToString(),
        CertificatePath = definition.Place,
        KeyPath = definition.KeyPath,
        RunAs = account.Display,
        Scheduler = scheduler.Kind,
        LastAttempt = state.LastAttempt?.LocalDateTime,
        LastSuccess = state.LastSuccess?.LocalDateTime,
        LastRenewal = state.LastRenewal?.LocalDateTime,
        LastStatus = state.LastStatus,
        LastErrorId = state.LastErrorId,
        LastErrorTime = state.LastErrorTime?.LocalDateTime,
        LastErrorMessage = state.LastErrorMessage,
        ActionsPending = state.ActionsPending,
        ClockDifferenceSeconds = (long?)state.ClockDifference?.TotalSeconds,
        FollowedRoots = TextList.FromNames(RegisteredRenewal.FollowedRootsOf(store.Folders, definition) is { } roots ? RootFollower.ReadFingerprints(roots) : []),
        DefinitionPath = store.Folders.DefinitionFile(definition.Name),
        MetricsPath = definition.MetricsPath,
        LogPath = RegisteredRenewal.LogOf(store.Folders, definition),
    };

    private (RenewalTask Task, HealthFacts Facts) Describe(RenewalTask task, HealthFacts facts, RenewalDefinition definition, CertificateFile certificate)
    {
        using var password = ReadPassword(definition);
        var found = new CertificateInspector(clock).Inspect(certificate, definition.KeyPath, password);
        // This user can have fewer permissions than the account of the run; that is not a problem of the renewal.
        var isHidden = found.KeyStatus == KeyStatus.Unreadable && (found.KeyErrorId == ErrorId.AccessDenied || (definition.KeyPasswordFile is not null && password is null));
        return (
            task with
            {
                KeyPath = found.KeyPath,
                CertificateStatus = found.Status,
                KeyStatus = found.KeyStatus,
                NotBefore = found.NotBefore,
                NotAfter = found.NotAfter,
                NextRenewal = RenewalPolicy.DueTime(CertificateValidity.FromCertificate(certificate.Leaf), definition.Rule).LocalDateTime,
            },
            facts with { CertificateStatus = found.Status, KeyProblem = isHidden ? null : found.KeyMessage });
    }

    private static DateTimeOffset? RegisteredAt(string path) => File.Exists(path) ? File.GetLastWriteTimeUtc(path) : null;

    private static KeyPassword? ReadPassword(RenewalDefinition definition)
    {
        try
        {
            return definition.KeyPasswordFile is { } file ? KeyPassword.FromFile(file) : null;
        }
        catch (RenewalException)
        {
            // This user cannot read it; the status of the key shows that.
            return null;
        }
    }
}
