using System.Runtime.InteropServices;

namespace StepCaRenew.Integration.Wine;

/// <summary>Wine where it is installed, which no test demands.</summary>
internal static class WineTool
{
    // Debian's wine64 puts nothing on PATH.
    private static readonly string[] Folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/lib/wine", "/opt/wine-stable/bin"];

    public static string Loader { get; } = Find("wine64") ?? Find("wine") ?? "";

    public static string Server { get; } = Find("wineserver") ?? "";

    public static void Require()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "Wine is used on Linux on x64 only.");
        Assert.SkipWhen(Loader.Length == 0 || Server.Length == 0, "Wine is not installed (Debian: wine64); the COM interfaces of Task Scheduler are not tried.");
    }

    private static string? Find(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
