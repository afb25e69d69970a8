using System.Runtime.InteropServices;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Flushes files to disk, without which no promise holds. Only the benchmark turns it off, to show what durability costs:
/// there is no parameter, no variable and no setting for it.
/// </summary>
internal static class Flushing
{
    /// <summary>True while the benchmark measures without it.</summary>
    public static bool IsSkipped { get; set; }

    /// <summary>Flushes the content of a file.</summary>
    /// <exception cref="IOException">The volume reports that it is not on disk. .NET throws nothing then on Unix, so that fsync(2) is called here.</exception>
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
