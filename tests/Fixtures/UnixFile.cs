using System.Runtime.InteropServices;

namespace StepCaRenew.Fixtures;

/// <summary>Changes to files on Unix that .NET does not offer.</summary>
internal static partial class UnixFile
{
    public static void ChangeOwner(string path, uint user, uint group) => Assert.Equal(0, Chown(path, user, group));

    public static void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)mode);
    }

    public static void MakePipe(string path) => Assert.Equal(0, MkFifo(path, 0x1B6));

    /// <summary>Gives a file a second name.</summary>
    public static void Link(string path, string name) => Assert.Equal(0, HardLink(path, name));

    /// <summary>Sets an attribute; skips the test if the volume does not support it.</summary>
    public static void SetAttribute(string path, string name, byte[] value) =>
        Assert.SkipUnless(SetXattr(path, name, value, value.Length, 0) == 0, $"The volume takes no attribute {name}: {Marshal.GetLastPInvokeErrorMessage()}");

    public static byte[]? GetAttribute(string path, string name)
    {
        var buffer = new byte[1024];
        var size = GetXattr(path, name, buffer, buffer.Length);
        return size < 0 ? null : buffer[..(int)size];
    }

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int HardLink(string path, string name);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "setxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetXattr(string path, string name, byte[] value, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "getxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetXattr(string path, string name, [Out] byte[] value, nint size);
}
