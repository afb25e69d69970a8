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

/// <summary>How Windows resolves the path of a program. Pure, so that it is tested on every system.</summary>
internal static class WindowsPath
{
    /// <summary>Whether a path depends on the current folder or drive: <c>C:x.exe</c>, <c>\x.exe</c>, <c>.\x.exe</c>.</summary>
    /// <remarks>A name without a folder does not: it is searched on PATH. A stream, as in <c>x.exe:y</c>, counts as dependent.</remarks>
    public static bool DependsOnCurrentFolder(string path)
    {
        if (path.IndexOfAny(['\\', '/', ':']) < 0)
            return false;
        var isOnDrive = path.Length > 2 && char.IsAsciiLetter(path[0]) && path[1] == ':' && path[2] is '\\' or '/';
        var isOnShare = path.Length > 2 && path[0] is '\\' or '/' && path[1] is '\\' or '/';
        return isOnDrive ? path.IndexOf(':', 2) >= 0 : !isOnShare;
    }
}
