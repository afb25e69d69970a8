using StepCaRenew.Processes;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>Runs a program with the arguments as given, without a shell.</summary>
/// <param name="FilePath">The full path, or only the name of a program on PATH.</param>
/// <param name="ArgumentList">The arguments, one by one.</param>
internal sealed record CommandAction(string FilePath, IReadOnlyList<string> ArgumentList) : ActionDefinition
{
    /// <inheritdoc/>
    public override string Description => $"action '{Path.GetFileName(FilePath)}'";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => ["command", FilePath, .. ArgumentList];

    /// <inheritdoc/>
    public override void RequireRunnable(ActionHost host)
    {
        if (ArgumentList.Any(argument => argument.Contains('\0', StringComparison.Ordinal)))
            throw ActionErrors.Invalid("An argument of -ArgumentList contains a NUL character; the system would cut the argument there.", "Remove the character.");
        // Only cmd.exe runs batch files, and it parses the arguments again by its own rules.
        if (OperatingSystem.IsWindows() && IsBatch(FilePath))
            throw ActionErrors.Invalid($"'{FilePath}' is a batch file, which only a shell can run.", "Use -ScriptPath with a PowerShell script, or -FilePath cmd.exe.");
        if (ProgramFinder.Find(FilePath) is not { } program)
            throw WholeCommandLine() ?? ActionErrors.Invalid(
                Path.IsPathFullyQualified(FilePath) ? $"The program '{FilePath}' does not exist, or it is not executable." : $"The program '{FilePath}' was not found on PATH.",
                "Give -FilePath an executable file, with its path if it is not on PATH.");
        if (ScriptHeader.Check(program) is var (problem, remedy))
            throw ActionErrors.Invalid(problem, remedy);
    }

    /// <inheritdoc/>
    internal override Task RunAsync(ActionContext context, CancellationToken cancellationToken) =>
        ChildProcess.RunToSuccessAsync(this, FilePath, ArgumentList, context, cancellationToken);

    // Windows removes blanks and dots from the end of a name, so "x.bat " is a batch file as well.
    internal static bool IsBatch(string path) => Path.GetExtension(path.TrimEnd(' ', '.')).ToUpperInvariant() is ".BAT" or ".CMD";

    // A whole command line in -FilePath, as for --exec of step. The message shows only the program: arguments may be secret.
    private RenewalException? WholeCommandLine()
    {
        var space = FilePath.IndexOf(' ', StringComparison.Ordinal);
        if (space < 1)
            return null;
        // The cmdlet puts the current folder before a path with a slash.
        var word = FilePath[..space];
        return new[] { word, Path.GetFileName(word) }.FirstOrDefault(one => ProgramFinder.Find(one) is not null) is { } program
            ? ActionErrors.Invalid($"-FilePath contains a whole command line that starts with '{program}'.", $"Put only the program in -FilePath, and each argument in -ArgumentList: -FilePath {program} -ArgumentList 'argument', 'argument'.")
            : null;
    }
}
