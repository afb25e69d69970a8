using StepCaRenew.Accounts;

namespace StepCaRenew.Scheduling;

/// <summary>The command, times and account of a schedule.</summary>
internal sealed record ScheduledRun
{
    private const int MostSecondsOfDelay = 120;

    /// <summary>The name of the renewal (<c>RenewalName</c>), the only thing of it on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the schedule belongs to the machine or to a user.</summary>
    public required RenewalScope Scope { get; init; }

    /// <summary>The account that it runs as.</summary>
    public required TaskAccount Account { get; init; }

    /// <summary>One of <see cref="ScheduleInterval.All"/>.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The offset within the interval, in whole seconds; at least zero, below <see cref="Interval"/>.</summary>
    public required TimeSpan Phase { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required RunCommand Command { get; init; }

    /// <summary>STEPCARENEW_HOME, if it was set at registration: the run must find the same definitions.</summary>
    public string? Home { get; init; }

    /// <summary>The folders that the run writes in: of the certificate, the key, the state and the log.</summary>
    public IReadOnlyList<string> WritableFolders { get; init; } = [];

    /// <summary>Other files that the run reads: the pid files of its signals, and password files.</summary>
    public IReadOnlyList<string> ReadFiles { get; init; } = [];

    /// <summary>Whether it runs programs or scripts, or restarts services, after a renewal: then the folders that they write in are unknown.</summary>
    public bool RunsPrograms { get; init; }

    /// <summary>How long one run may take before the scheduler ends it.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The description that the scheduler shows.</summary>
    public string Description => $"Renews the certificate of '{Name}' when it is due (StepCaRenew).";

    /// <summary>How long after the start of the machine, or of its timers, it starts: within two minutes, spread by the phase.</summary>
    public TimeSpan StartDelay => TimeSpan.FromSeconds((int)Phase.TotalSeconds % MostSecondsOfDelay);

    /// <summary>The environment variables that the schedule sets for it.</summary>
    public IEnumerable<(string Name, string Value)> Variables
    {
        get
        {
            if (Home is not null)
                yield return ("STEPCARENEW_HOME", Home);
            // A scheduled run neither sends telemetry nor looks for updates of PowerShell.
            yield return ("POWERSHELL_TELEMETRY_OPTOUT", "1");
            yield return ("POWERSHELL_UPDATECHECK", "Off");
        }
    }
}

/// <summary>The program of a scheduled run and its arguments, not yet quoted for a scheduler.</summary>
/// <param name="Program">The full path of pwsh.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record RunCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>The command of a renewal: it imports the module and names the renewal; all else is in the definition.</summary>
    /// <param name="pwsh">The full path of pwsh.</param>
    /// <param name="module">The full path of the module's folder, or of its manifest.</param>
    /// <exception cref="RenewalException">
    /// The path of the module or of pwsh has characters that a scheduler would expand or cut (<see cref="ErrorId.ModulePathInvalid"/>).
    /// </exception>
    public static RunCommand ForRenewal(string pwsh, string module, string name)
    {
        ArgumentNullException.ThrowIfNull(pwsh);
        ArgumentNullException.ThrowIfNull(module);
        RequirePlain(pwsh);
        RequirePlain(module);
        var import = $"Import-Module {Quote(module)}";
        return new RunCommand(pwsh, ["-NoProfile", "-NonInteractive", "-Command", $"{import}; Invoke-StepRenewal -Name {Quote(name)} -Scheduled"]) { Import = import };
    }

    /// <summary>The part of the command that loads the module.</summary>
    internal string Import { get; private init; } = string.Empty;

    /// <summary>A text as a literal of PowerShell, for which typographic quotation marks are quotation marks too.</summary>
    internal static string Quote(string text) => $"'{string.Concat(text.Select(one => one is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b' ? $"{one}{one}" : $"{one}"))}'";

    private static void RequirePlain(string path)
    {
        // Task Scheduler expands %name% and $(Arg0); cron ends a command at %; no scheduler can store a line end.
        if (path.Contains('%', StringComparison.Ordinal) || path.Contains("$(", StringComparison.Ordinal) || path.Contains('"', StringComparison.Ordinal) || path.Any(char.IsControl))
            throw new RenewalException(
                ErrorId.ModulePathInvalid, $"'{path}' cannot be used in a schedule: a scheduler would expand or cut it at '%', '$(', a quotation mark or a line end.",
                "Install the module (or pwsh) in a folder without these characters.");
    }
}
