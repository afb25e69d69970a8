using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;
using static StepCaRenew.FileSystem.Native.WindowsNative;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Renames a file over another one, and deletes files, on Windows. A rename with POSIX semantics replaces a file that other
/// processes have open for reading with FileShare.Delete; MoveFileEx does not. Not verified on Windows; Wine 8 has only
/// MoveFileEx.
/// </summary>
[SupportedOSPlatform("windows")]
internal static unsafe class WindowsRename
{
    // FILE_RENAME_FLAG_REPLACE_IF_EXISTS, _POSIX_SEMANTICS and _IGNORE_READONLY_ATTRIBUTE
    private const int ReplaceAsPosix = 0x1 | 0x2 | 0x40;

    // FILE_DISPOSITION_FLAG_DELETE, _POSIX_SEMANTICS and _IGNORE_READONLY_ATTRIBUTE
    private const int DeleteAsPosix = 0x1 | 0x2 | 0x10;

    /// <summary>Renames a file, over another one if it exists. It is flushed to disk on return, if the file system can do that.</summary>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">A right is missing, or another process has the target open.</exception>
    public static void Run(string source, string target)
    {
        var error = 0;
        // If the first call fails, the second one finds the error, so that no list of errors by file system is needed.
        if (TryAsPosix(source, target) || TryMove(source, target, out error))
            return;
        if (error != AccessDenied || !WithoutReadOnly(target, () => TryMove(source, target, out error)))
            throw ToException(error, target);
    }

    /// <summary>Deletes a file, also a read-only one; does nothing if it does not exist.</summary>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (UnauthorizedAccessException)
        {
            // The attribute belongs to all names of a file; this flag keeps it for the other names.
            if (!TryDeleteAsPosix(path) && !WithoutReadOnly(path, () => TryDelete(path)))
                throw;
        }
    }

    /// <summary>Opens a file as a rename over it would, which shows whether the rename would fail.</summary>
    /// <exception cref="IOException">Another process has the file open and does not let it be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The right to replace it is missing.</exception>
    public static void Probe(string target)
    {
        using var file = Open(target, 0);
        if (file.IsInvalid && Marshal.GetLastPInvokeError() is not (FileNotFound or PathNotFound) and var error)
            throw ToException(error, target);
    }

    private static bool TryAsPosix(string source, string target)
    {
        // Write-through: NTFS flushes the rename as well before it returns (CreateFile, "Caching Behavior").
        using var file = Open(source, WriteThrough);
        if (file.IsInvalid)
            return false;
        var information = RenameInformation(LongPath.WithPrefix(target));
        fixed (byte* bytes = information)
            return SetFileInformationByHandle(file, RenameInfoEx, bytes, information.Length);
    }

    // FILE_RENAME_INFO: the flags, a folder's handle (none), the length of the name in bytes, and the name with its end.
    internal static byte[] RenameInformation(string target)
    {
        var (lengthAt, nameAt) = (2 * nint.Size, (2 * nint.Size) + sizeof(int));
        var name = Encoding.Unicode.GetBytes(target);
        var information = new byte[nameAt + name.Length + sizeof(char)];
        BinaryPrimitives.WriteInt32LittleEndian(information, ReplaceAsPosix);
        BinaryPrimitives.WriteInt32LittleEndian(information.AsSpan(lengthAt), name.Length);
        name.CopyTo(information, nameAt);
        return information;
    }

    private static bool TryMove(string source, string target, out int error)
    {
        var isMoved = MoveFile(LongPath.WithPrefix(source), LongPath.WithPrefix(target), MoveReplaceExisting | MoveWriteThrough);
        error = isMoved ? 0 : Marshal.GetLastPInvokeError();
        return isMoved;
    }

    private static bool TryDeleteAsPosix(string path)
    {
        using var file = Open(path, 0);
        var flags = DeleteAsPosix;
        return !file.IsInvalid && SetFileInformationByHandle(file, DispositionInfoEx, &flags, sizeof(int));
    }

    private static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // For file systems that do not support the flags. The attribute is restored if the call fails.
    private static bool WithoutReadOnly(string path, Func<bool> call)
    {
        try
        {
            var attributes = File.GetAttributes(path);
            if ((attributes & FileAttributes.ReadOnly) == 0)
                return false;
            File.SetAttributes(path, attributes & ~FileAttributes.ReadOnly);
            if (call())
                return true;
            File.SetAttributes(path, attributes);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static SafeFileHandle Open(string path, uint flags) =>
        CreateFile(LongPath.WithPrefix(path), DeleteRight | Synchronize | ReadAttributes, FileShare.ReadWrite | FileShare.Delete, 0, OpenExisting, OpenReparsePoint | flags, 0);
}
