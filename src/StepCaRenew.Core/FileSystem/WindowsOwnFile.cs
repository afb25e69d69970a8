using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using static StepCaRenew.FileSystem.Native.WindowsNative;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Opens a lock or a log on Windows. A link (a reparse point) and a file with a second name are refused, because they could
/// make this process write another file. The check is of the open file, so that it cannot be replaced in between.
/// </summary>
internal static class WindowsOwnFile
{
    /// <summary>Opens or creates a file.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="access">The access rights to request.</param>
    /// <param name="share">The access that other processes can have meanwhile.</param>
    /// <param name="disposition">Whether a missing file is created.</param>
    /// <param name="security">A SECURITY_ATTRIBUTES for a new file; 0 for the permissions that the folder passes on.</param>
    /// <exception cref="NotOursException">It is a link, a folder, a device, or has a second name.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no access to it.</exception>
    [SupportedOSPlatform("windows")]
    public static SafeFileHandle Open(string path, uint access, FileShare share, uint disposition, nint security = 0)
    {
        if (FileKind.IsSpecial(path))
            throw new NotOursException("it is not a regular file");
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

    /// <summary>Whether an open file is the one that has this path.</summary>
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
            return "it is not a regular file";
        return links > 1 ? "it has another name as well (a hard link)" : null;
    }
}

/// <summary>A file that this module would write is a link or something else that it did not make.</summary>
/// <param name="reason">The reason as the end of a sentence, such as "it is a link".</param>
internal sealed class NotOursException(string reason) : IOException(reason);
