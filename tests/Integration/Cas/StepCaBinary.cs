using System.Diagnostics;
using System.Runtime.CompilerServices;
using StepCaRenew.DevCa;

namespace StepCaRenew.Integration.Cas;

/// <summary>The programs of tests/StepCa, built at most once per test run.</summary>
internal static class StepCaBinary
{
    private static readonly Lazy<Task<(string? Path, string Reason)>> Built = new(BuildAsync);

    /// <summary>
    /// The path of 0.19; skips the calling test if it cannot be built, or fails it if STEPCARENEW_STRICT is 1. 0.30 comes
    /// from a Debian release that is not the machine's, so only build-030.sh, run by hand, builds it.
    /// </summary>
    public static async Task<string> GetAsync(Generation generation)
    {
        if (generation == Generation.V30)
        {
            var newer = Path.Combine(SourceFolder(), "bin", "step-ca-0.30");
            Assert.SkipUnless(File.Exists(newer), "step-ca 0.30 has not been built; tests/StepCa/build-030.sh does it");
            return newer;
        }
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
