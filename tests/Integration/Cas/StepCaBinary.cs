using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace StepCaRenew.Integration.Cas;

/// <summary>The program built from tests/StepCa, built once per test run at most.</summary>
internal static class StepCaBinary
{
    private static readonly Lazy<Task<(string? Path, string Reason)>> Built = new(BuildAsync);

    /// <summary>Its path; skips the calling test where it can't be built, or fails it if STEPCARENEW_STRICT is 1.</summary>
    public static async Task<string> GetAsync()
    {
        var (path, reason) = await Built.Value;
        if (path is null && Environment.GetEnvironmentVariable("STEPCARENEW_STRICT") == "1")
            Assert.Fail(reason);
        Assert.SkipWhen(path is null, reason);
        return path;
    }

    private static async Task<(string?, string)> BuildAsync()
    {
        if (OperatingSystem.IsWindows())
            return (null, "the real step-ca is built from a Debian package, so not on Windows");
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(SourceFolder(), "build.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var build = Process.Start(start)!;
        var error = build.StandardError.ReadToEndAsync();
        var output = (await build.StandardOutput.ReadToEndAsync()).Trim();
        await build.WaitForExitAsync();
        return build.ExitCode == 0 ? (output, "") : (null, (await error).Trim());
    }

    private static string SourceFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "StepCa"));
}
