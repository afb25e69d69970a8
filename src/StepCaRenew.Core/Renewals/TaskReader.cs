using StepCaRenew.Certificates;
using StepCaRenew.Policy;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>Looks at registered renewals: definition, schedule as found, state, certificate.</summary>
/// <param name="schedulers">The schedulers of this machine.</param>
/// <param name="module">What would be registered anew.</param>
/// <param name="clock">The clock.</param>
/// <param name="environment">The environment variables.</param>
/// <param name="states">The states.</param>
public sealed class TaskReader(SchedulerFinder schedulers, RunningModule module, TimeProvider clock, Func<string, string?> environment, StateStore states)
{
    /// <summary>Looks at one.</summary>
    /// <param name="store">Where it is registered.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="RenewalException">It is not registered, or its definition breaks the schema.</exception>
    public async Task<RenewalTask> ReadAsync(DefinitionStore store, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var definition = store.Load(name);
        var account = AccountName.Parse(definition.RunAs, definition.Scope);
        var state = states.Read(definition.Name);
        var scheduler = schedulers.Of(definition.Scheduler ?? SchedulerFinder.Auto);
        var task = new RenewalTask
        {
            Name = definition.Name,
            Scope = definition.Scope.ToString(),
            CertificatePath = definition.CertificatePath,
            KeyPath = definition.KeyPath,
            RunAs = account.Display,
            Scheduler = scheduler.Kind,
            LastAttempt = state.LastAttempt?.LocalDateTime,
            LastSuccess = state.LastSuccess?.LocalDateTime,
            LastRenewal = state.LastRenewal?.LocalDateTime,
            LastStatus = state.LastStatus,
            LastErrorId = state.LastErrorId,
            ActionsPending = state.ActionsPending,
            DefinitionPath = store.Folders.DefinitionOf(definition.Name),
            LogPath = RegisteredRenewal.LogOf(store.Folders, definition),
        };
        try
        {
            using var certificate = CertificateFile.Load(definition.CertificatePath);
            task = Describe(task, definition, certificate);
            var run = ScheduledRuns.Of(store.Folders, definition, account, CertificatePair.ValidityOf(certificate.Leaf), module, environment);
            var finding = await scheduler.FindAsync(run, cancellationToken).ConfigureAwait(false);
            return task with { Interval = ScheduleInterval.Format(run.Interval), Schedule = finding.Description, ScheduleHealthy = finding.IsHealthy, ScheduleDifferences = finding.Differences };
        }
        catch (RenewalException e)
        {
            // How often it should run can't be said then, or there is no scheduler: that is not healthy either.
            return task with { ScheduleDifferences = [e.Message] };
        }
    }

    private RenewalTask Describe(RenewalTask task, RenewalDefinition definition, CertificateFile certificate)
    {
        using var password = ReadPassword(definition);
        var found = new CertificateInspector(clock).Inspect(certificate, definition.KeyPath, password);
        return task with
        {
            KeyPath = found.KeyPath,
            CertificateStatus = found.Status,
            KeyStatus = found.KeyStatus,
            NotAfter = found.NotAfter,
            NextRenewal = RenewalPolicy.DueTime(CertificatePair.ValidityOf(certificate.Leaf), definition.Rule).LocalDateTime,
        };
    }

    private static KeyPassword? ReadPassword(RenewalDefinition definition)
    {
        try
        {
            return definition.KeyPasswordFile is { } file ? KeyPassword.FromFile(file) : null;
        }
        catch (RenewalException)
        {
            // Who looks may not read it; the key's status says so.
            return null;
        }
    }
}
