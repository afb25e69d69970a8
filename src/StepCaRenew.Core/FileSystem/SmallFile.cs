using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>
/// A small file that is opened to be read, whole and at once. On Linux by the system's own calls: .NET asks the kernel
/// for twice as much, and takes a lock that nobody needs; over ten thousand pairs that is what a look spends on files.
/// </summary>
internal sealed class SmallFile : IDisposable
{
    private readonly SafeFileHandle handle;

    private SmallFile(SafeFileHandle handle, bool isRegular, long length, DateTimeOffset lastWriteTime) =>
        (this.handle, IsRegular, Length, LastWriteTime) = (handle, isRegular, length, lastWriteTime);

    /// <summary>False for a folder, a device, a pipe or a socket, none of which was read from.</summary>
    public bool IsRegular { get; }

    /// <summary>Its length when it was opened, in bytes.</summary>
    public long Length { get; }

    /// <summary>Whose it is, by its number; null elsewhere than on Linux.</summary>
    public uint? User { get; private init; }

    /// <summary>When it was last written.</summary>
    public DateTimeOffset LastWriteTime { get; }

    /// <summary>Opens a file; who wants to replace or delete it meanwhile may do so.</summary>
    /// <exception cref="IOException">It can't be opened, or is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public static SmallFile Open(string path) => OperatingSystem.IsLinux() ? OpenOnLinux(path) : OpenElsewhere(path);

    /// <summary>Reads as much as there is room for.</summary>
    /// <returns>How many bytes that was.</returns>
    public int Read(Span<byte> buffer)
    {
        var length = 0;
        while (length < buffer.Length && RandomAccess.Read(handle, buffer[length..], length) is > 0 and var read)
            length += read;
        return length;
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    /// <summary>A file that was opened, and is closed with this object.</summary>
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

    /// <summary>Something that is not opened: a device, a pipe, a socket, a folder.</summary>
    public static SmallFile Special() => new(new SafeFileHandle(), false, 0, default);

    [SupportedOSPlatform("linux")]
    private static SmallFile OpenOnLinux(string path)
    {
        // .NET takes a path with a NUL for an error, the kernel for a shorter path.
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A path can't hold the character NUL.", nameof(path));
        // Some devices begin to work when they are opened; what is put there after this look does not block at least.
        if (FileKind.IsSpecial(path))
            return Special();
        var handle = UnixNative.Open(path, UnixOpen.CloseOnExec | UnixOpen.NonBlocking, 0);
        return handle.IsInvalid ? throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), path) : FromHandle(handle);
    }

    private static SmallFile OpenElsewhere(string path)
    {
        // On macOS a pipe would block.
        if (FileKind.IsSpecial(path))
            return Special();
        try
        {
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new SmallFile(handle, true, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
        }
        catch (NotSupportedException)
        {
            // .NET says so of a device or a pipe under another name.
            return Special();
        }
    }
}
