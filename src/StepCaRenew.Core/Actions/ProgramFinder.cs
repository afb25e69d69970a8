namespace StepCaRenew.Actions;

/// <summary>Finds programs as a shell does, but never in the present folder; on Unix, also in the folders of system programs.</summary>
internal static class ProgramFinder
{
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // The PATH of a user's cron, and that of most users, lacks these folders, and many daemons lie there.
    private static readonly string[] SystemFolders = OperatingSystem.IsWindows() ? [] : ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>The full path of a program, by its path or by its name alone.</summary>
    /// <returns>Null where there is none that could be run.</returns>
    public static string? Find(string program) =>
        OperatingSystem.IsWindows() && WindowsPath.DependsOnCurrentFolder(program) ? null
        : program.AsSpan().IndexOfAny('/', Path.DirectorySeparatorChar) >= 0
            ? Candidates(program).FirstOrDefault(IsProgram)
            : Folders().SelectMany(folder => Candidates(Path.Combine(folder, program))).FirstOrDefault(IsProgram);

    // An empty entry of PATH means the present folder, which whoever fills that folder could use.
    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Where(Path.IsPathFullyQualified).Concat(SystemFolders);

    private static IEnumerable<string> Candidates(string path) =>
        OperatingSystem.IsWindows() && !Path.HasExtension(path) ? [path + ".exe", path + ".com"] : [path];

    private static bool IsProgram(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != 0);
}
