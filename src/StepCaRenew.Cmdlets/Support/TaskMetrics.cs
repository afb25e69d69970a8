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
        // An object that was deserialized can have the names of its certificates alone.
        var certificates = (LanguagePrimitives.GetEnumerable(task.Properties[nameof(RenewalTask.Certificates)]?.Value)?.Cast<object>() ?? [])
            .Select(PSObject.AsPSObject).Where(one => Text(one, nameof(RenewalTaskCertificate.CertificatePath)) is not null).DefaultIfEmpty(task);
        return certificates.Select(one => FromCertificate(task, one));
    }

    // The certificates of a renewal have their properties by the names that the renewal has for its only one.
    private static CertificateMetrics FromCertificate(PSObject task, PSObject one)
    {
        var lastRun = Time(one, nameof(RenewalTask.LastAttempt));
        return new CertificateMetrics(Text(task, nameof(RenewalTask.Name)), Text(one, nameof(RenewalTask.CertificatePath)))
        {
            Expiration = Time(one, nameof(RenewalTask.NotAfter)),
            RenewalTime = Time(one, nameof(RenewalTask.NextRenewal)),
            Lifetime = Time(one, nameof(RenewalTask.NotAfter)) - Time(one, nameof(RenewalTask.NotBefore)),
            KeyMatches = Text(one, nameof(RenewalTask.KeyStatus)) switch { KeyStatus.Matches => 1, KeyStatus.Mismatch => 0, _ => null },
            LastSuccess = Time(one, nameof(RenewalTask.LastSuccess)),
            LastRun = lastRun,
            Failing = lastRun is null ? null : Text(one, nameof(RenewalTask.LastErrorId)) is null ? 0 : 1,
            PendingActions = LanguagePrimitives.IsTrue(one.Properties[nameof(RenewalTask.ActionsPending)]?.Value) ? 1 : 0,
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
