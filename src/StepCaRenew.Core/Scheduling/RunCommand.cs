namespace StepCaRenew.Scheduling;

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
