namespace StepCaRenew.Processes;

/// <summary>Finds programs as a shell does, but never in the current folder; on Unix also in the sbin folders.</summary>
internal static class ProgramFinder
{
    /// <summary>Where Unix keeps its programs: the PATH of what runs without a user's environment.</summary>
    public const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Many daemons are in these folders, which are not on the PATH of a user's cron nor of most users.
    private static readonly string[] SystemFolders = OperatingSystem.IsWindows() ? [] : ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>The full path of a program, from a path or only a name.</summary>
    /// <returns>Null if there is no executable program.</returns>
    public static string? Find(string program) =>
        OperatingSystem.IsWindows() && WindowsPath.DependsOnCurrentFolder(program) ? null
        : program.AsSpan().IndexOfAny('/', Path.DirectorySeparatorChar) >= 0
            ? Candidates(program).FirstOrDefault(IsProgram)
            : Folders().SelectMany(folder => Candidates(Path.Combine(folder, program))).FirstOrDefault(IsProgram);

    // An empty entry of PATH means the current folder, which other users may be able to write.
    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Where(Path.IsPathFullyQualified).Concat(SystemFolders);

    private static IEnumerable<string> Candidates(string path) =>
        OperatingSystem.IsWindows() && !Path.HasExtension(path) ? [path + ".exe", path + ".com"] : [path];

    private static bool IsProgram(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != 0);
}
