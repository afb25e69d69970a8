using System.Diagnostics;
using StepCaRenew.Processes;

namespace StepCaRenew.Fixtures;

/// <summary>Tools of the system; a test is skipped without them, or fails if STEPCARENEW_STRICT is 1.</summary>
internal static class Tool
{
    private static bool IsStrict => Environment.GetEnvironmentVariable("STEPCARENEW_STRICT") == "1";

    public static void RequireRoot()
    {
        if (!Unprivileged.IsRoot)
            Missing("Only root on Linux can do that.");
    }

    public static void RequireLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "The tools of this test are those of Linux.");

    /// <summary>Requires a program, by its name or its path.</summary>
    public static void Require(string tool)
    {
        if (ProgramFinder.Find(tool) is null)
            Missing($"{tool} is not installed.");
    }

    public static string Run(string tool, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEnd();
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                Missing($"{tool} refused: {errors}");
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Missing($"{tool} is not installed.");
            throw;
        }
    }

    /// <summary>Skips the test, or fails it.</summary>
    public static void Missing(string reason)
    {
        if (IsStrict)
            Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
