using StepCaRenew.FileSystem;

namespace StepCaRenew.FollowUps.Actions;

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
