using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.FileSystem;

/// <summary>How many files this process may have open at once (getrlimit(2)).</summary>
internal static partial class OpenFileLimit
{
    private static int OpenFiles => OperatingSystem.IsLinux() ? 7 : 8;

    /// <summary>The limit; as good as none on Windows, or where nobody can say.</summary>
    public static long Get() =>
        !OperatingSystem.IsWindows() && Ask(OpenFiles, out var limits) == 0 && limits.Now <= long.MaxValue ? (long)limits.Now : long.MaxValue;

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int Ask(int resource, out Limits limits);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limits
    {
        /// <summary>What holds now.</summary>
        public readonly ulong Now;

        /// <summary>What it may be raised to.</summary>
        public readonly ulong Most;
    }
}
