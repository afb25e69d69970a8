using System.Globalization;
using System.Management.Automation;
using StepCaRenew.Monitoring;
using StepCaRenew.Registration;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>The metrics of an object of Get-StepRenewalTask, which can come from another session.</summary>
internal static class TaskMetrics
{
    /// <summary>The metrics of each of its certificates.</summary>
    public static IEnumerable<CertificateMetrics> FromTask(PSObject task)
    {
        var lastRun = Time(task, nameof(RenewalTask.LastAttempt));
        yield return new CertificateMetrics(Text(task, nameof(RenewalTask.Name)), Text(task, nameof(RenewalTask.CertificatePath)))
        {
            Expiration = Time(task, nameof(RenewalTask.NotAfter)),
            RenewalTime = Time(task, nameof(RenewalTask.NextRenewal)),
            Lifetime = Time(task, nameof(RenewalTask.NotAfter)) - Time(task, nameof(RenewalTask.NotBefore)),
            KeyMatches = Text(task, nameof(RenewalTask.KeyStatus)) switch { KeyStatus.Matches => 1, KeyStatus.Mismatch => 0, _ => null },
            LastSuccess = Time(task, nameof(RenewalTask.LastSuccess)),
            LastRun = lastRun,
            Failing = lastRun is null ? null : Text(task, nameof(RenewalTask.LastErrorId)) is null ? 0 : 1,
            PendingActions = LanguagePrimitives.IsTrue(task.Properties[nameof(RenewalTask.ActionsPending)]?.Value) ? 1 : 0,
            Interval = Seconds(Text(task, nameof(RenewalTask.Interval))),
            Version = RenewalMetrics.Version,
        };
    }

    /// <summary>A property as text; null if it is missing or empty.</summary>
    public static string? Text(PSObject task, string property) => task.Properties[property]?.Value?.ToString() is { Length: > 0 } text ? text : null;

    private static long? Time(PSObject task, string property) =>
        LanguagePrimitives.TryConvertTo<DateTime?>(task.Properties[property]?.Value, CultureInfo.InvariantCulture, out var time) && time is { } local ? new DateTimeOffset(local).ToUnixTimeSeconds() : null;

    private static long? Seconds(string? interval)
    {
        try
        {
            return interval is null ? null : (long)ScheduleInterval.Parse(interval).TotalSeconds;
        }
        catch (RenewalException)
        {
            // From an object that was changed.
            return null;
        }
    }
}
