using System.Runtime.InteropServices;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Flushes files to disk; a replaced pair survives a power loss only because of it. The benchmark alone turns it off, to
/// measure its cost: no parameter, variable or setting does.
/// </summary>
internal static class Flushing
{
    /// <summary>True while the benchmark measures without flushing.</summary>
    public static bool IsSkipped { get; set; }

    /// <summary>Flushes the content of a file.</summary>
    /// <exception cref="IOException">The volume reports an error. On Unix, .NET ignores it, so fsync(2) is called here.</exception>
    public static void Flush(FileStream file)
    {
        file.Flush();
        if (IsSkipped)
            return;
        if (OperatingSystem.IsWindows())
            file.Flush(flushToDisk: true);
        else if (UnixNative.Flush(file.SafeFileHandle) != 0)
            throw new IOException($"The file cannot be flushed to disk: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
    }
}
