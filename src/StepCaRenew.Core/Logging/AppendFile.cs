using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Logging;

/// <summary>Opens a file so that the system puts every write at its end. .NET's append mode would remember a position instead.</summary>
internal static class AppendFile
{
    private const uint OwnerOnly = 0x180;
    private const int MaximumTries = 10;

    /// <summary>Opens a file, or creates it for its owner alone; a link is refused.</summary>
    public static SafeFileHandle Open(string path) => OperatingSystem.IsWindows() ? OpenOnWindows(path) : OpenOnUnix(path);

    /// <summary>Its size in bytes.</summary>
    public static long Length(SafeFileHandle file) => RandomAccess.GetLength(file);

    /// <summary>Writes all bytes in one call.</summary>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, string path)
    {
        if (OperatingSystem.IsWindows())
            RandomAccess.Write(file, bytes, 0); // The position is ignored for a handle that can only append.
        else if (UnixNative.Write(file, bytes, bytes.Length) != bytes.Length)
            throw new IOException($"Only a part of a line was written to '{path}': {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [UnsupportedOSPlatform("windows")]
    private static SafeFileHandle OpenOnUnix(string path)
    {
        // Without O_NONBLOCK, opening a pipe would wait for a reader.
        var flags = UnixOpen.WriteOnly | UnixOpen.Append | UnixOpen.Create | UnixOpen.NoFollow | UnixOpen.NonBlocking | UnixOpen.CloseOnExec;
        using var folder = OpenFolder.Follow(Path.GetDirectoryName(path)!);
        var file = OperatingSystem.IsLinux() ? ((LinuxFolder)folder).Open(Path.GetFileName(path), flags, OwnerOnly) : UnixNative.Open(path, flags, OwnerOnly);
        if (file.IsInvalid)
            throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), path);
        if (SmallFile.IsRegularFile(file))
            return file;
        file.Dispose();
        throw new IOException($"'{path}' is not a regular file.");
    }

    // With the right to append alone, the system puts every write at the end.
    [SupportedOSPlatform("windows")]
    private static SafeFileHandle OpenOnWindows(string path)
    {
        for (var tries = MaximumTries; ; tries--)
        {
            try
            {
                return File.Exists(path) ? Open(WindowsNative.OpenExisting, 0) : WindowsNewFile.WithPrivateRights(path, security => Open(WindowsNative.OpenAlways, security));
            }
            catch (FileNotFoundException) when (tries > 0)
            {
                // Another process rotated the log between the two calls.
            }
        }

        SafeFileHandle Open(uint disposition, nint security) =>
            WindowsOwnFile.Open(path, WindowsNative.AppendData, FileShare.ReadWrite | FileShare.Delete, disposition, security);
    }
}
