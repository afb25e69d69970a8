namespace StepCaRenew.Scheduling.Windows;

/// <summary>The content of the XML of a task, with the defaults of the schema for what is left out.</summary>
internal sealed record TaskDescription
{
    /// <summary>The name or SID of the account or group.</summary>
    public required string Principal { get; init; }

    /// <summary>How it is logged on; null if the XML does not say, as for SYSTEM.</summary>
    public required string? Logon { get; init; }

    /// <summary>The run level.</summary>
    public required string RunLevel { get; init; }

    /// <summary>The triggers.</summary>
    public required IReadOnlyList<TaskTrigger> Triggers { get; init; }

    /// <summary>The actions.</summary>
    public required IReadOnlyList<TaskAction> Actions { get; init; }

    /// <summary>The settings that decide whether and how it runs, by name.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Whether it is restarted on failure.</summary>
    public required bool IsRestarted { get; init; }
}

/// <summary>A trigger of a task.</summary>
/// <param name="Kind">The name of its element.</param>
/// <param name="IsEnabled">Whether it is enabled.</param>
/// <param name="Start">The start boundary.</param>
/// <param name="End">The end boundary.</param>
/// <param name="Interval">How often it repeats.</param>
/// <param name="Duration">How long it repeats; null for ever.</param>
/// <param name="Delay">The delay, with the longest random delay.</param>
/// <param name="User">The user whose logon starts it.</param>
internal sealed record TaskTrigger(string Kind, bool IsEnabled, string? Start, string? End, TimeSpan? Interval, TimeSpan? Duration, TimeSpan Delay, string? User);

/// <summary>An action of a task.</summary>
/// <param name="Kind">The name of its element.</param>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Folder">The folder that it starts in.</param>
internal sealed record TaskAction(string Kind, string Program, string Arguments, string Folder);
