using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>
/// A small file, open to be read as a whole. On Linux it is opened by system calls: .NET needs twice as many and takes a
/// lock, which is most of the time that a check of ten thousand pairs spends on files.
/// </summary>
internal sealed class SmallFile : IDisposable
{
    private const int Interrupted = 4;

    private readonly SafeFileHandle handle;

    private SmallFile(SafeFileHandle handle, bool isRegular, long length, DateTimeOffset lastWriteTime) =>
        (this.handle, IsRegular, Length, LastWriteTime) = (handle, isRegular, length, lastWriteTime);

    /// <summary>False for a folder, a device, a pipe or a socket; they are not read.</summary>
    public bool IsRegular { get; }

    /// <summary>The length in bytes when the file was opened.</summary>
    public long Length { get; }

    /// <summary>The number of its owner; null except on Linux.</summary>
    public uint? User { get; private init; }

    /// <summary>When it was last written.</summary>
    public DateTimeOffset LastWriteTime { get; }

    /// <summary>Opens a file. Other processes can replace or delete it meanwhile.</summary>
    /// <exception cref="IOException">It cannot be opened, or does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no access to it.</exception>
    public static SmallFile Open(string path) => OperatingSystem.IsLinux() ? OpenOnLinux(path) : OpenElsewhere(path);

    /// <summary>Reads from the beginning until the buffer is full or the file ends.</summary>
    /// <returns>The number of bytes that were read.</returns>
    public int Read(Span<byte> buffer)
    {
        var length = 0;
        while (length < buffer.Length && ReadAt(buffer[length..], length) is > 0 and var read)
        {
            length += read;
            // Fewer bytes than were asked for, and all that the file has: it ends there.
            if (IsRegular && length == Length)
                break;
        }

        return length;
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    // .NET asks first whether the file has a position.
    private int ReadAt(Span<byte> buffer, long position)
    {
        if (!OperatingSystem.IsLinux())
            return RandomAccess.Read(handle, buffer, position);
        nint read;
        while ((read = LinuxNative.ReadAt(handle, buffer, buffer.Length, position)) < 0)
        {
            if (Marshal.GetLastPInvokeError() is not Interrupted and var error)
                throw NativeErrors.ToException(error, "the open file");
        }

        return (int)read;
    }

    /// <summary>An open file; this object closes it.</summary>
    [SupportedOSPlatform("linux")]
    public static SmallFile FromHandle(SafeFileHandle handle)
    {
        try
        {
            var stat = LinuxStat.Read(handle);
            return new SmallFile(handle, stat.IsRegular, stat.Length, stat.LastWriteTime) { User = stat.User };
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Whether an open file is a regular one.</summary>
    public static bool IsRegularFile(SafeFileHandle handle) => !OperatingSystem.IsLinux() || LinuxStat.Read(handle).IsRegular;

    /// <summary>Stands for a device, a pipe, a socket or a folder, which is not opened.</summary>
    public static SmallFile Special() => new(new SafeFileHandle(), false, 0, default);

    [SupportedOSPlatform("linux")]
    private static SmallFile OpenOnLinux(string path)
    {
        // The kernel would read the path up to the NUL.
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A path cannot contain the character NUL.", nameof(path));
        // Opening a device can start it. If the file becomes a device after this check, O_NONBLOCK keeps the call from waiting.
        if (FileKind.IsSpecial(path))
            return Special();
        var handle = UnixNative.Open(path, UnixOpen.CloseOnExec | UnixOpen.NonBlocking, 0);
        return handle.IsInvalid ? throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), path) : FromHandle(handle);
    }

    private static SmallFile OpenElsewhere(string path)
    {
        // On macOS opening a pipe would wait.
        if (FileKind.IsSpecial(path))
            return Special();
        try
        {
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new SmallFile(handle, true, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
        }
        catch (NotSupportedException)
        {
            // A device or a pipe under another name.
            return Special();
        }
    }
}

/// <summary>Tells regular files from others.</summary>
internal static class FileKind
{
    /// <summary>Whether the path leads, links followed, to something other than a regular file: a folder, a device, a pipe, a socket.</summary>
    public static bool IsSpecial(string path) =>
        OperatingSystem.IsLinux() ? LinuxStat.TryRead(path, followLinks: true) is { IsRegular: false } : Directory.Exists(path) || (OperatingSystem.IsWindows() && IsDevice(path));

    // The full path of a device (CON, NUL, COM1; in older versions of Windows in any folder) and of a local pipe begins
    // with \\.\.
    private static bool IsDevice(string path)
    {
        var full = Path.GetFullPath(path);
        return full.StartsWith(@"\\.\", StringComparison.Ordinal) && full is not [_, _, _, _, _, ':', '\\', ..];
    }
}
