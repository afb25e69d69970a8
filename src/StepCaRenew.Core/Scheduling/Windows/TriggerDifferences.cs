using System.Globalization;
using System.Xml;
using StepCaRenew.Accounts;
using StepCaRenew.Policy;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>How the triggers of a task differ from what they should be.</summary>
internal static class TriggerDifferences
{
    /// <summary>Compares each wanted trigger with the first one of its kind.</summary>
    public static IEnumerable<string> Between(IReadOnlyList<TaskTrigger> found, IReadOnlyList<TaskTrigger> wanted, Func<string, string?> sidOf)
    {
        var left = found.ToList();
        foreach (var meant in wanted)
        {
            var what = What(meant.Kind);
            var trigger = left.Find(one => one.Kind == meant.Kind);
            if (trigger is null)
            {
                yield return $"The {what} is missing.";
                continue;
            }

            left.Remove(trigger);
            foreach (var difference in Between(trigger, meant, what, sidOf))
                yield return difference;
        }

        foreach (var other in left)
            yield return $"There is another trigger: {other.Kind}.";
    }

    private static IEnumerable<string> Between(TaskTrigger found, TaskTrigger wanted, string what, Func<string, string?> sidOf)
    {
        if (!found.IsEnabled)
            yield return $"The {what} is disabled.";
        if (found.Interval != wanted.Interval)
            yield return $"The interval is {Span(found.Interval)} instead of {Span(wanted.Interval)}.";
        if (found.Duration is { } duration)
            yield return $"The repetition ends after {Duration.Format(duration)}.";
        if (found.Start != wanted.Start && (Instant(found.Start) is not { } instant || instant != Instant(wanted.Start)))
            yield return Start(found, wanted);
        if (found.End is { } end)
            yield return $"The {what} ends at {end}.";
        if (found.Delay != wanted.Delay)
            yield return $"The delay of the {what} is {Duration.Format(found.Delay)} instead of {Duration.Format(wanted.Delay)}.";
        if (wanted.User is { } user && !(found.User is { } other && AccountNames.AreSame(other, user, sidOf)))
            yield return $"The {what} waits for '{found.User ?? "anybody"}' instead of '{user}'.";
    }

    // If the phase differs, it is shown; else the whole start boundary.
    private static string Start(TaskTrigger found, TaskTrigger wanted) =>
        wanted.Interval is { } interval && Instant(found.Start) is { } instant && Instant(wanted.Start) is { } meant && Phase(instant, interval) != Phase(meant, interval)
            ? $"The phase is {Duration.Format(Phase(instant, interval))} instead of {Duration.Format(Phase(meant, interval))} (start boundary {found.Start} instead of {wanted.Start})."
            : $"The start boundary is {found.Start ?? "not set"} instead of {wanted.Start ?? "not set"}.";

    private static TimeSpan Phase(DateTime instant, TimeSpan interval) => TimeSpan.FromTicks(instant.Ticks % interval.Ticks);

    // A time without a zone is local and moves with daylight saving, so it is not from this module.
    private static DateTime? Instant(string? boundary) =>
        boundary is not null && XmlConvert.ToDateTime(boundary, XmlDateTimeSerializationMode.RoundtripKind) is { Kind: not DateTimeKind.Unspecified } time
            ? time.ToUniversalTime()
            : null;

    private static string Span(TimeSpan? interval) => interval switch
    {
        null => "not set",
        { TotalMinutes: 1 } => "1 minute",
        { TotalHours: 1 } => "1 hour",
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerHour == 0 => string.Create(CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerHour} hours"),
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerMinute == 0 => string.Create(CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerMinute} minutes"),
        { } other => Duration.Format(other),
    };

    private static string What(string kind) => kind switch
    {
        "TimeTrigger" => "time trigger",
        "BootTrigger" => "boot trigger",
        _ => "logon trigger",
    };
}
