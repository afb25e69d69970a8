using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.Files;

namespace StepCaRenew.Logging;

/// <summary>Opens a file so that the system itself puts every write at its end; .NET's append mode remembers a position instead.</summary>
internal static class AppendFile
{
    private const uint OwnerOnly = 0x180;

    /// <summary>Opens a file, or makes it for its owner alone; a link in its place is refused.</summary>
    public static SafeFileHandle Open(string path) => OperatingSystem.IsWindows() ? OpenOnWindows(path) : OpenOnUnix(path);

    /// <summary>How large it is.</summary>
    public static long Length(SafeFileHandle file) => RandomAccess.GetLength(file);

    /// <summary>Writes all bytes in one call.</summary>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, string path)
    {
        if (OperatingSystem.IsWindows())
            RandomAccess.Write(file, bytes, 0); // The position means nothing to a handle that may only append.
        else if (UnixNative.Write(file, bytes, bytes.Length) != bytes.Length)
            throw new IOException($"The volume of '{path}' took only a part of a line: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [UnsupportedOSPlatform("windows")]
    private static SafeFileHandle OpenOnUnix(string path)
    {
        var flags = UnixOpen.WriteOnly | UnixOpen.Append | UnixOpen.Create | UnixOpen.NoFollow | UnixOpen.CloseOnExec;
        // A pipe would wait for a reader.
        if (FileKind.IsSpecial(path))
            throw new IOException($"'{path}' is no regular file.");
        var file = UnixNative.Open(path, flags, OwnerOnly);
        return file.IsInvalid ? throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), path) : file;
    }

    // A new file has the rights that its folder gives. .NET refuses FileMode.Append together with any right to read, the
    // attributes included; CreateFile adds the right to read attributes by itself, which the length needs.
    [SupportedOSPlatform("windows")]
    private static SafeFileHandle OpenOnWindows(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
            throw new IOException($"'{path}' is a link.");
        using var stream = new FileInfo(path).Create(
            FileMode.Append, FileSystemRights.AppendData | FileSystemRights.Synchronize, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.None, null);
        // The stream closes its own handle; this one is the log's.
        return Duplicate(stream.SafeFileHandle);
    }

    [SupportedOSPlatform("windows")]
    private static SafeFileHandle Duplicate(SafeFileHandle handle)
    {
        var copy = new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: true);
        handle.SetHandleAsInvalid();
        return copy;
    }
}
