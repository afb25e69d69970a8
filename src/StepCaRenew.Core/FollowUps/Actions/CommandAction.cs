using StepCaRenew.FileSystem;
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

/// <summary>Checks the first line of a script: the system's error for a bad one names neither the cause nor the line.</summary>
internal static class ScriptHeader
{
    // Linux reads this much of a program to find its format (BINPRM_BUF_SIZE).
    private const int Length = 256;

    /// <summary>Why the system cannot start a script.</summary>
    /// <returns>A sentence and a remedy; null if the file is not a script, cannot be read, or has a good first line.</returns>
    public static (string Problem, string Remedy)? Check(string path)
    {
        if (OperatingSystem.IsWindows() || ReadStart(path) is not { Length: > 0 } start)
            return null;
        if (!start.StartsWith("#!", StringComparison.Ordinal))
            return start.Contains('\0', StringComparison.Ordinal) || start[0] > '\u007E'
                ? null
                : ($"'{path}' is a script without an interpreter line.", "Add '#!/bin/sh' (or the interpreter that the script needs) as the first line.");
        var line = start[2..].Split('\n')[0];
        if (line.EndsWith('\r'))
            return ($"'{path}' has Windows line ends (CRLF), so the system looks for an interpreter '{line.TrimEnd('\r').Trim()}\\r'.", $"Convert the file: sed -i 's/\\r$//' '{path}'.");
        var interpreter = line.Trim().Split(' ', '\t')[0];
        return interpreter.Length == 0 || (Path.IsPathFullyQualified(interpreter) && !File.Exists(interpreter))
            ? ($"The interpreter '{interpreter}' of '{path}' does not exist.", "Correct the first line of the script, or install the interpreter.")
            : null;
    }

    private static string? ReadStart(string path)
    {
        try
        {
            // Opening a named pipe must not block the run.
            using var file = SmallFile.Open(path);
            Span<byte> bytes = stackalloc byte[Length];
            return file.IsRegular ? System.Text.Encoding.Latin1.GetString(bytes[..file.Read(bytes)]) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A program can be executable without being readable.
            return null;
        }
    }
}
