namespace StepCaRenew.Actions;

/// <summary>Runs a program with its arguments as they are; no shell is between.</summary>
/// <param name="FilePath">Its full path, or its name alone for one on PATH.</param>
/// <param name="ArgumentList">Its arguments.</param>
public sealed record CommandAction(string FilePath, IReadOnlyList<string> ArgumentList) : ActionDefinition
{
    /// <inheritdoc/>
    public override string Description => $"Running '{Path.GetFileName(FilePath)}'";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => ["command", FilePath, .. ArgumentList];

    /// <inheritdoc/>
    public override void RequireRunnable(ActionHost host)
    {
        if (ArgumentList.Any(argument => argument.Contains('\0', StringComparison.Ordinal)))
            throw ActionErrors.Invalid("An argument of -ArgumentList holds a NUL character, at which the system would cut it.", "Leave the character out.");
        // cmd.exe would parse the arguments once more, by rules of its own: that is a shell.
        if (OperatingSystem.IsWindows() && IsBatch(FilePath))
            throw ActionErrors.Invalid($"'{FilePath}' is a batch file, which only a shell can run.", "Use -ScriptPath with a PowerShell script, or name cmd.exe as -FilePath.");
        if (ProgramFinder.Find(FilePath) is not { } program)
            throw WholeCommandLine() ?? ActionErrors.Invalid(
                $"There is no program '{FilePath}'{(Path.IsPathFullyQualified(FilePath) ? ", or it cannot be executed" : " on PATH")}.",
                "Name an executable file in -FilePath, with its path if it is not on PATH.");
        if (ScriptHeader.Check(program) is var (problem, remedy))
            throw ActionErrors.Invalid(problem, remedy);
    }

    /// <inheritdoc/>
    internal override Task RunAsync(ActionContext context, CancellationToken cancellationToken) =>
        ChildProcess.RunToSuccessAsync(this, FilePath, ArgumentList, context, cancellationToken);

    // Windows takes blanks and dots off the end of a name, and then runs "x.bat ".
    internal static bool IsBatch(string path) => Path.GetExtension(path.TrimEnd(' ', '.')).ToUpperInvariant() is ".BAT" or ".CMD";

    // A whole command line in -FilePath, as --exec of step takes it. Only the program is quoted back: arguments may be secret.
    private RenewalException? WholeCommandLine()
    {
        var space = FilePath.IndexOf(' ', StringComparison.Ordinal);
        if (space < 1)
            return null;
        // The cmdlet has put the present folder before a text with a slash in it.
        var word = FilePath[..space];
        return new[] { word, Path.GetFileName(word) }.FirstOrDefault(one => ProgramFinder.Find(one) is not null) is { } program
            ? ActionErrors.Invalid($"-FilePath holds a whole command line, which begins with '{program}'.", $"-FilePath takes the program alone, and -ArgumentList its arguments, one by one: -FilePath {program} -ArgumentList 'argument', 'argument'.")
            : null;
    }
}
