using System.Runtime.Versioning;
using static StepCaRenew.FileSystem.Native.WindowsNative;

namespace StepCaRenew.FileSystem;

/// <summary>Flushes a folder on Windows. Not verified on Windows.</summary>
/// <remarks>
/// NTFS does not need it: its journal keeps the order of changes, and each rename of a replacement is flushed by itself
/// (<see cref="WindowsRename"/>). FAT has no journal, and this writes the folder. A failure is ignored, since a file system
/// that refuses the call offers nothing better.
/// </remarks>
[SupportedOSPlatform("windows")]
internal static class WindowsFolder
{
    public static void TryFlush(string folder)
    {
        if (Flushing.IsSkipped)
            return;
        using var handle = CreateFile(LongPath.WithPrefix(folder), AddFile | Synchronize, FileShare.ReadWrite | FileShare.Delete, 0, OpenExisting, BackupSemantics, 0);
        if (!handle.IsInvalid)
            FlushFileBuffers(handle);
    }
}
