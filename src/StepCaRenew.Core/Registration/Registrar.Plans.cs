using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>The plan of a registration, which changes nothing.</summary>
internal sealed partial class Registrar
{
    /// <summary>Checks a renewal as <see cref="CheckAsync"/> does, but with all checks, and compares it with what is registered. Changes nothing.</summary>
    /// <param name="request">The renewal.</param>
    /// <param name="runsOnce">Whether the registered run would be started.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    /// <returns>The plan, and the errors of all checks.</returns>
    public async Task<(RegistrationPlan Plan, IReadOnlyList<RenewalException> Problems)> PlanAsync(RegistrationRequest request, bool runsOnce, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var plan = new RegistrationPlan
        {
            Name = request.Definition.Name,
            Scope = request.Scope.ToString(),
            CertificatePath = request.Definition.Place,
            KeyPath = request.Definition.KeyPath,
            RunAs = request.Account.Display,
        };
        List<RenewalException> problems = [];
        await TryAsync(() => RegistrationChecks.RequireRights(request.Scope)).ConfigureAwait(false);
        PlannedRegistration? registration = null;
        await TryAsync(() => registration = Plan(request)).ConfigureAwait(false);
        if (registration is not null)
        {
            plan = Describe(plan, registration);
            await TryAsync(() => schedulers.Require(registration.Scheduler.Kind, request.Scope)).ConfigureAwait(false);
            registration = registration with { Changes = ChangesOf(registration) };
            foreach (var check in checks.For(request, registration))
                await CollectAsync(check, problems, cancellationToken).ConfigureAwait(false);
            checks.Warn(registration);
            if (problems.Count == 0)
                await CollectAsync(async stopping => plan = await CompareAsync(plan, registration, runsOnce, stopping).ConfigureAwait(false), problems, cancellationToken).ConfigureAwait(false);
        }

        return (problems.Count == 0 ? plan : plan with
        {
            Status = RegistrationStatus.WouldFail,
            ErrorId = problems[0].ErrorId,
            Problems = TextList.FromSentences(problems.Select(problem => $"{problem.ErrorId}: {problem.Message} {problem.Remedy}")),
        }, problems);

        Task TryAsync(Action check) => CollectAsync(_ =>
        {
            check();
            return Task.CompletedTask;
        }, problems, cancellationToken);
    }

    private static async Task CollectAsync(Func<CancellationToken, Task> check, List<RenewalException> problems, CancellationToken cancellationToken)
    {
        try
        {
            await check(cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e)
        {
            // Checks can find the same cause, such as a file that cannot be read.
            if (!problems.Exists(other => other.ErrorId == e.ErrorId && other.Message == e.Message))
                problems.Add(e);
        }
    }

    private static RegistrationPlan Describe(RegistrationPlan plan, PlannedRegistration registration) => plan with
    {
        KeyPath = registration.Definition.KeyPath,
        Certificates = TextList.FromNames(registration.Certificates.All.Select(certificate => certificate.Path)),
        Scheduler = registration.Scheduler.Kind,
        Interval = ScheduleInterval.Format(registration.Run.Interval),
        RunAs = registration.Run.Account.Display,
        DefinitionPath = registration.Store.Folders.DefinitionFile(registration.Definition.Name),
    };

    private static async Task<bool> ExistsAsync(IScheduler scheduler, ScheduledRun run, CancellationToken cancellationToken)
    {
        try
        {
            return (await scheduler.FindAsync(run, cancellationToken).ConfigureAwait(false)).Exists;
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.SchedulerUnavailable)
        {
            // This scheduler does not run here, so it has no schedule.
            return false;
        }
    }

    private static string PropertyOf(string path, PlannedRegistration registration) =>
        registration.NotifierUris.ContainsKey(path) ? "OnFailure" : path == registration.Store.MonitorFile(registration.Definition.Name) ? "HealthCheckUri" : "Root";

    // The steps of RegisterAsync.
    private async Task<RegistrationPlan> CompareAsync(RegistrationPlan plan, PlannedRegistration registration, bool runsOnce, CancellationToken cancellationToken)
    {
        var (definition, run, kind) = (registration.Definition, registration.Run, registration.Scheduler.Kind);
        var isRegistered = registration.Store.Find(definition.Name) is not null;
        var writer = new RegistrationFiles(registration);
        var files = writer.FindChanged();
        var schedule = await registration.Scheduler.FindChangesAsync(run, cancellationToken).ConfigureAwait(false);
        var states = new StateStore(registration.Store.Folders, logger);
        // A first registration writes it too, which is not worth a step.
        var isStateLost = isRegistered && states.IsLost(definition.Name);
        List<string> steps = [.. files.Select(path => $"Write '{path}'."), .. writer.FindObsolete().Select(path => $"Delete '{path}'.")];
        if (isStateLost)
            steps.Add($"Write a new state, '{states.PathOf(definition.Name)}'.");
        if (schedule.Count > 0)
            steps.Add($"Schedule a run every {plan.Interval} with {kind}, as {run.Account.Display}.");
        foreach (var other in schedulers.OfThisSystem.Where(other => other.Kind != kind))
        {
            if (await ExistsAsync(other, run, cancellationToken).ConfigureAwait(false))
                steps.Add($"Delete the schedule of {other.Kind}.");
        }

        if (TryLoad(registration.Store, definition.Name)?.MetricsPath is { } metrics && metrics != definition.MetricsPath)
            steps.Add($"Remove the metrics of '{definition.Name}' from '{metrics}'.");
        var isChanged = steps.Count > 0;
        if (runsOnce)
            steps.Add($"Run it once, as {run.Account.Display}.");
        // Nothing in it differs, or it cannot be read.
        var isRewritten = isRegistered && files.Contains(plan.DefinitionPath) && !registration.Changes.All.Any();
        // The definition names these files, and their contents are not part of it.
        var contents = files.Where(path => path != plan.DefinitionPath).ToList();
        List<string> properties = [.. registration.Changes.Properties, .. isRewritten ? ["Definition"] : Array.Empty<string>(), .. contents.Select(path => PropertyOf(path, registration)), .. schedule.Count > 0 ? ["Schedule"] : Array.Empty<string>(), .. isStateLost ? ["State"] : Array.Empty<string>()];
        return plan with
        {
            Status = !isRegistered ? RegistrationStatus.WouldRegister : isChanged ? RegistrationStatus.WouldChange : RegistrationStatus.Unchanged,
            Planned = TextList.FromSentences(steps),
            Changes = isRegistered ? TextList.FromSentences([.. registration.Changes.All, .. isRewritten ? ["the definition is damaged, or written in another form"] : Array.Empty<string>(), .. contents.Select(path => $"'{path}' has another content"), .. schedule, .. isStateLost ? ["the state is missing or damaged"] : Array.Empty<string>()]) : TextList.Empty,
            ChangedProperties = isRegistered ? TextList.FromNames(properties.Distinct()) : TextList.Empty,
        };
    }
}
