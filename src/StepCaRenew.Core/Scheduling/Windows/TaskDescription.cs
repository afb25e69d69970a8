namespace StepCaRenew.Scheduling.Windows;

/// <summary>What a task's XML says, with the schema's defaults where it says nothing.</summary>
internal sealed record TaskDescription
{
    /// <summary>The account or its SID, or a group's.</summary>
    public required string Principal { get; init; }

    /// <summary>How it is logged on; null where nothing is said, as for SYSTEM.</summary>
    public required string? Logon { get; init; }

    /// <summary>With which rights.</summary>
    public required string RunLevel { get; init; }

    /// <summary>What starts it.</summary>
    public required IReadOnlyList<TaskTrigger> Triggers { get; init; }

    /// <summary>What it does.</summary>
    public required IReadOnlyList<TaskAction> Actions { get; init; }

    /// <summary>Its settings by their names, those that decide whether and how it runs.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Whether it is restarted on failure.</summary>
    public required bool IsRestarted { get; init; }
}

/// <summary>One thing that starts a task.</summary>
/// <param name="Kind">The name of its element.</param>
/// <param name="IsEnabled">Whether it does.</param>
/// <param name="Start">From when on.</param>
/// <param name="End">Until when.</param>
/// <param name="Interval">How often it repeats.</param>
/// <param name="Duration">How long it repeats; null without end.</param>
/// <param name="Delay">How long it waits, a random time included.</param>
/// <param name="User">Whose logon.</param>
internal sealed record TaskTrigger(string Kind, bool IsEnabled, string? Start, string? End, TimeSpan? Interval, TimeSpan? Duration, TimeSpan Delay, string? User);

/// <summary>One thing that a task does.</summary>
/// <param name="Kind">The name of its element.</param>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Folder">The folder that it starts in.</param>
internal sealed record TaskAction(string Kind, string Program, string Arguments, string Folder);
