using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Logging;

/// <summary>Opens a file so that the system itself puts every write at its end; .NET's append mode remembers a position instead.</summary>
internal static class AppendFile
{
    private const uint OwnerOnly = 0x180;
    private const int MaximumTries = 10;

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
        // A pipe would wait for a reader without O_NONBLOCK.
        var flags = UnixOpen.WriteOnly | UnixOpen.Append | UnixOpen.Create | UnixOpen.NoFollow | UnixOpen.NonBlocking | UnixOpen.CloseOnExec;
        using var folder = OpenFolder.Follow(Path.GetDirectoryName(path)!);
        var file = OperatingSystem.IsLinux() ? ((LinuxFolder)folder).Open(Path.GetFileName(path), flags, OwnerOnly) : UnixNative.Open(path, flags, OwnerOnly);
        if (file.IsInvalid)
            throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), path);
        if (SmallFile.IsRegularFile(file))
            return file;
        file.Dispose();
        throw new IOException($"'{path}' is no regular file.");
    }

    // Opened for adding alone, so that the system puts every write at the end.
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
