using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.FileSystem;

/// <summary>The number of files that this process can have open at once (getrlimit(2)).</summary>
internal static partial class OpenFileLimit
{
    private static int OpenFiles => OperatingSystem.IsLinux() ? 7 : 8;

    /// <summary>The limit; the greatest number on Windows, or if it is not known.</summary>
    public static long Get() =>
        !OperatingSystem.IsWindows() && Ask(OpenFiles, out var limits) == 0 && limits.Now <= long.MaxValue ? (long)limits.Now : long.MaxValue;

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int Ask(int resource, out Limits limits);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limits
    {
        /// <summary>The present limit.</summary>
        public readonly ulong Now;

        /// <summary>The limit up to which it can be raised.</summary>
        public readonly ulong Most;
    }
}
