using System.Reflection;
using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;
using StepCaRenew.Monitoring;
using StepCaRenew.Renewal;
using StepCaRenew.Scheduling;
using StepCaRenew.Text;

namespace StepCaRenew.Registration;

/// <summary>The metrics of renewals.</summary>
internal static class RenewalMetrics
{
    /// <summary>The version of this module.</summary>
    internal static string Version { get; } = typeof(RenewalMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The metrics of a renewal, by its state after a run: those of each of its certificates, or those of the renewal if there is none.</summary>
    /// <param name="name">Its name; null for a certificate that is renewed by its path.</param>
    /// <param name="path">The path of its certificate; null if it has several.</param>
    /// <param name="state">Its state.</param>
    /// <param name="interval">The interval of its schedule, if the definition names it.</param>
    public static IReadOnlyList<CertificateMetrics> FromState(string? name, string? path, RenewalState state, TimeSpan? interval = null)
    {
        var states = state.Certificates is { Count: > 0 } several ? several.Where(one => one.Value.MissingSince is null).Select(one => (Path: (string?)one.Key, State: one.Value)).ToList() : [(path, state)];
        if (name is not null)
            interval ??= states.Select(one => one.State.NotAfter - one.State.NotBefore).Min() is { } shortest ? ScheduleInterval.For(shortest) ?? ScheduleInterval.All[0] : null;
        return [.. states.Select(one => FromOne(PlainText.Line(name), PlainText.Path(one.Path), one.State, interval))];
    }

    /// <summary>
    /// Updates the metrics of a renewal whose definition was refused. Which certificates it has is in the file alone: nothing is
    /// taken from the definition.
    /// </summary>
    public static IEnumerable<CertificateMetrics> Refuse(IReadOnlyList<CertificateMetrics> present, string name, RenewalState state)
    {
        var known = present.Where(one => one.Name == name).DefaultIfEmpty(new CertificateMetrics(PlainText.Line(name), null));
        return known.Select(one => one with { Failing = 1, LastRun = state.LastAttempt?.ToUnixTimeSeconds(), Version = Version }).Concat(present.Where(one => one.Name != name));
    }

    private static CertificateMetrics FromOne(string? name, string? path, RenewalState state, TimeSpan? interval) => new(name, path)
    {
        Expiration = state.NotAfter?.ToUnixTimeSeconds(),
        RenewalTime = state.NextRenewal?.ToUnixTimeSeconds(),
        Lifetime = (long?)(state.NotAfter - state.NotBefore)?.TotalSeconds,
        KeyMatches = state.KeyMatches is { } matches ? Flag(matches) : null,
        LastSuccess = state.LastSuccess?.ToUnixTimeSeconds(),
        LastRun = state.LastAttempt?.ToUnixTimeSeconds(),
        Failing = Flag(state.LastErrorId is not null),
        PendingActions = Flag(state.ActionsPending),
        Interval = (long?)interval?.TotalSeconds,
        Version = Version,
    };

    private static long Flag(bool value) => value ? 1 : 0;
}

/// <summary>The metrics of a call by hand. They have no name, so that they never have the labels of a registered renewal.</summary>
/// <param name="path">The file.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log of the call.</param>
/// <exception cref="RenewalException">The path is not that of a file of metrics (<see cref="ErrorId.MetricsPathInvalid"/>).</exception>
internal sealed class CallMetrics(string path, TimeProvider clock, CallLog log)
{
    private readonly MetricFile file = new(path, clock);
    private readonly List<RenewalOutcome> outcomes = [];
    private readonly ILogger logger = log;

    /// <summary>Records an outcome; its result is read when the metrics are written, after the actions.</summary>
    public void Record(RenewalOutcome outcome) => outcomes.Add(outcome);

    /// <summary>Writes the metrics of the certificates.</summary>
    /// <param name="cancellationToken">Ends waiting for another run.</param>
    /// <returns>The error; null if they were written, or if no certificate was worked on.</returns>
    public async Task<RenewalException?> WriteAsync(CancellationToken cancellationToken)
    {
        var metrics = outcomes.Where(outcome => outcome.Result.Status != RenewalStatus.WouldRenew && Path.IsPathFullyQualified(outcome.Result.CertificatePath))
            .SelectMany(outcome => RenewalMetrics.FromState(null, outcome.Result.CertificatePath, new RenewalState().After(outcome, clock.GetUtcNow()))).ToList();
        return metrics.Count == 0 ? null : await WriteAsync(file, logger, () => file.ReplaceAsync(metrics, one => one.Name is null && (metrics.Exists(other => other.Path == one.Path) || IsGone(one, metrics)), cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Writes metrics, and logs a failure, which stops nothing.</summary>
    internal static async Task<RenewalException?> WriteAsync(MetricFile file, ILogger logger, Func<Task> write)
    {
        try
        {
            await write().ConfigureAwait(false);
            MetricLog.Written(logger, file.FilePath);
            return null;
        }
        catch (RenewalException e)
        {
            MetricLog.NotWritten(logger, e.ErrorId, e.Message);
            return e;
        }
    }

    // A certificate that was deleted from a folder which the call works on. Elsewhere nothing is looked up: the file can belong
    // to an account that must not learn which files exist.
    private static bool IsGone(CertificateMetrics known, List<CertificateMetrics> metrics) =>
        known.Path is { } path && metrics.Exists(one => Path.GetDirectoryName(one.Path) == Path.GetDirectoryName(path)) && !File.Exists(path);
}
