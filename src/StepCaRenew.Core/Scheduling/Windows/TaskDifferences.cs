using System.Globalization;
using System.Xml;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.Policy;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>Compares a task with what it should be, by the meaning of its XML, not by its text.</summary>
internal static class TaskDifferences
{
    /// <summary>A sentence for each difference.</summary>
    /// <param name="found">The XML from the scheduler.</param>
    /// <param name="wanted">The XML as it should be.</param>
    /// <param name="sidOf">Returns the SID of an account; null if it cannot be found.</param>
    public static IReadOnlyList<string> Between(string found, string wanted, Func<string, string?> sidOf)
    {
        var meant = TaskXmlReader.Read(wanted);
        try
        {
            return [.. Between(TaskXmlReader.Read(found), meant, sidOf)];
        }
        catch (Exception e) when (e is XmlException or FormatException or OverflowException)
        {
            return [$"The task cannot be read: {e.Message}"];
        }
    }

    private static IEnumerable<string> Between(TaskDescription found, TaskDescription wanted, Func<string, string?> sidOf) =>
    [
        .. Principal(found, wanted, sidOf),
        .. Triggers(found.Triggers, wanted.Triggers, sidOf),
        .. Actions(found.Actions, wanted.Actions[0]),
        .. Settings(found, wanted),
    ];

    private static IEnumerable<string> Principal(TaskDescription found, TaskDescription wanted, Func<string, string?> sidOf)
    {
        if (!AccountNames.AreSame(found.Principal, wanted.Principal, sidOf))
            yield return $"The task runs as '{found.Principal}' instead of '{wanted.Principal}'.";
        // The XML of a SYSTEM task has no logon type.
        else if (wanted.Logon is not null && found.Logon != wanted.Logon)
            yield return $"The account is logged on by {found.Logon ?? "nothing"} instead of {wanted.Logon}.";
        if (found.RunLevel != wanted.RunLevel)
            yield return $"The run level is {found.RunLevel} instead of {wanted.RunLevel}.";
    }

    private static IEnumerable<string> Actions(IReadOnlyList<TaskAction> found, TaskAction wanted)
    {
        var action = found.FirstOrDefault(one => one.Kind == wanted.Kind);
        if (action is null)
            yield return "The task runs no program.";
        else if (!PathNames.AreSameOnWindows(Unquoted(action.Program), wanted.Program))
            yield return $"The program is '{action.Program}' instead of '{wanted.Program}'.";
        if (action is not null && action.Arguments != wanted.Arguments)
            yield return $"The arguments are '{action.Arguments}' instead of '{wanted.Arguments}'.";
        if (action is not null && !PathNames.AreSameOnWindows(action.Folder ?? string.Empty, wanted.Folder ?? string.Empty))
            yield return $"The task starts in the folder '{action.Folder}', which registration did not set.";
        foreach (var other in found.Where(one => one != action))
            yield return $"There is another action: {$"{other.Kind} {other.Program} {other.Arguments}".TrimEnd()}.";
    }

    private static string Unquoted(string program) => program is ['"', .. var inner, '"'] ? inner : program;

    // Compares each wanted trigger with the first one of its kind.
    private static IEnumerable<string> Triggers(IReadOnlyList<TaskTrigger> found, IReadOnlyList<TaskTrigger> wanted, Func<string, string?> sidOf)
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
            foreach (var difference in Trigger(trigger, meant, what, sidOf))
                yield return difference;
        }

        foreach (var other in left)
            yield return $"There is another trigger: {other.Kind}.";
    }

    private static IEnumerable<string> Trigger(TaskTrigger found, TaskTrigger wanted, string what, Func<string, string?> sidOf)
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

    private static IEnumerable<string> Settings(TaskDescription found, TaskDescription wanted)
    {
        foreach (var (name, value) in found.Settings.Where(one => one.Value != wanted.Settings[one.Key]))
            yield return Setting(name, value, wanted.Settings[name]);
        if (found.IsRestarted)
            yield return "The task is restarted on failure (RestartOnFailure).";
    }

    private static string Setting(string name, string found, string wanted) => name switch
    {
        "Enabled" => "The task is disabled.",
        "MultipleInstancesPolicy" => $"A start while the task runs is not ignored ({name} is {found} instead of {wanted}).",
        "DisallowStartIfOnBatteries" => $"The task does not start on batteries ({name}).",
        "StopIfGoingOnBatteries" => $"The task is stopped when the machine changes to battery power ({name}).",
        "StartWhenAvailable" => $"A missed run is not started later ({name}).",
        "RunOnlyIfNetworkAvailable" => $"The task runs only with a network ({name}).",
        "RunOnlyIfIdle" => $"The task runs only while the machine is idle ({name}).",
        "AllowStartOnDemand" => $"The task cannot be started by hand ({name}).",
        "AllowHardTerminate" => $"A run that takes too long cannot be stopped ({name}).",
        "ExecutionTimeLimit" => $"The time limit of a run ({name}) is {Limit(found)} instead of {Limit(wanted)}.",
        _ => $"{name} is {found} instead of {wanted}.",
    };

    private static string Limit(string text) => XmlConvert.ToTimeSpan(text) is { Ticks: > 0 } limit ? Duration.Format(limit) : "none";
}
