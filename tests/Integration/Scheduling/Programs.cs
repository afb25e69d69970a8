namespace StepCaRenew.Integration.Scheduling;

/// <summary>Programs of a test.</summary>
internal static class Programs
{
    private const UnixFileMode Mode = (UnixFileMode)0b111_101_101;

    public static string Write(string path, string script)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        // Renamed into its place: a program that is still open for writing in a child of another test can't be run.
        File.WriteAllText(path + ".new", script);
        File.SetUnixFileMode(path + ".new", Mode);
        File.Move(path + ".new", path, overwrite: true);
        return path;
    }
}
