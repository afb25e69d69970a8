using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using static StepCaRenew.FileSystem.Native.WindowsNative;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Opens a lock or a log on Windows, and refuses what somebody may have put in its place to have another file written: a
/// reparse point (a link) and a file with a second name. The open file itself is looked at, so that nothing can change between.
/// </summary>
internal static class WindowsOwnFile
{
    /// <summary>Opens a file, or makes it.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="access">The rights that are asked for.</param>
    /// <param name="share">What others may do meanwhile.</param>
    /// <param name="disposition">Whether the file is made if it is missing.</param>
    /// <param name="security">A SECURITY_ATTRIBUTES for a new file; 0 for what the folder gives.</param>
    /// <exception cref="NotOursException">It is a link, a folder, a device, or has a second name.</exception>
    /// <exception cref="IOException">It can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    [SupportedOSPlatform("windows")]
    public static SafeFileHandle Open(string path, uint access, FileShare share, uint disposition, nint security = 0)
    {
        if (FileKind.IsSpecial(path))
            throw new NotOursException("it is no regular file");
        var file = CreateFile(LongPath.WithPrefix(path), access | ReadAttributes | Synchronize, share, security, disposition, OpenReparsePoint, 0);
        try
        {
            if (file.IsInvalid)
                throw ToException(Marshal.GetLastPInvokeError(), path);
            if (!GetFileInformationByHandle(file, out var found))
                throw ToException(Marshal.GetLastPInvokeError(), path);
            if (Refuse((FileAttributes)found.Attributes, found.Links) is { } reason)
                throw new NotOursException(reason);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether an open file still lies under a name.</summary>
    [SupportedOSPlatform("windows")]
    public static bool IsSame(SafeFileHandle file, string path)
    {
        using var other = CreateFile(LongPath.WithPrefix(path), ReadAttributes, FileShare.ReadWrite | FileShare.Delete, 0, OpenExisting, OpenReparsePoint, 0);
        return !other.IsInvalid && GetFileInformationByHandle(file, out var one) && GetFileInformationByHandle(other, out var two)
            && (one.Volume, one.IndexHigh, one.IndexLow) == (two.Volume, two.IndexHigh, two.IndexLow);
    }

    /// <summary>Why a file is not used; null if it is.</summary>
    internal static string? Refuse(FileAttributes attributes, uint links)
    {
        if ((attributes & FileAttributes.ReparsePoint) != 0)
            return "it is a link or another reparse point";
        if ((attributes & FileAttributes.Directory) != 0)
            return "it is no regular file";
        return links > 1 ? "it has another name as well (a hard link)" : null;
    }
}
