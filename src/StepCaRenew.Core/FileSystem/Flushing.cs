using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using StepCaRenew.FileSystem.Native;
using static StepCaRenew.FileSystem.Native.WindowsNative;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Flushes files to disk; a replaced pair survives a power loss only because of it. The benchmark alone turns it off, to
/// measure its cost: no parameter, variable or setting does.
/// </summary>
internal static class Flushing
{
    private const int NotPermitted = 13;
    private const int InvalidArgument = 22;

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

    /// <summary>Flushes the names of a folder on Windows. Not verified on Windows.</summary>
    /// <remarks>
    /// NTFS does not need it: its journal keeps the order of changes, and each rename of a replacement is flushed by itself
    /// (<see cref="WindowsRename"/>). FAT has no journal, and this writes the folder. A failure is ignored, since a file system
    /// that refuses the call offers nothing better.
    /// </remarks>
    [SupportedOSPlatform("windows")]
    public static void TryFlushFolderOnWindows(string path)
    {
        if (IsSkipped)
            return;
        using var handle = CreateFile(LongPath.WithPrefix(path), AddFile | Synchronize, FileShare.ReadWrite | FileShare.Delete, 0, OpenExisting, BackupSemantics, 0);
        if (!handle.IsInvalid)
            FlushFileBuffers(handle);
    }

    /// <summary>Flushes the names of a folder, so that a rename in it survives a power loss.</summary>
    /// <exception cref="IOException">The folder cannot be flushed.</exception>
    [UnsupportedOSPlatform("windows")]
    public static void FlushFolderOnUnix(string path)
    {
        if (IsSkipped)
            return;
        using var folder = UnixNative.Open(path, UnixOpen.ReadOnly, 0);
        // A folder in which this account can write but not list cannot be opened for flushing.
        if (folder.IsInvalid && Marshal.GetLastPInvokeError() == NotPermitted)
            return;
        // Some file systems (network mounts) cannot flush folders and return EINVAL; that is ignored.
        if (folder.IsInvalid || (UnixNative.Flush(folder) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument))
            throw new IOException($"The folder '{path}' cannot be flushed to disk: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
