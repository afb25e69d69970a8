using System.Runtime.InteropServices;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Fixtures;

/// <summary>Runs code as a user without files and without rights in the file system.</summary>
/// <remarks>
/// Linux keeps the identity for file access per thread (setfsuid(2)), and removes the capabilities that override
/// permissions with it. The thread ends with the code, so that nothing must be restored.
/// </remarks>
internal static partial class Unprivileged
{
    public const uint User = 65534;

    /// <summary>Whether this process is root on Linux, which all tests with this user need.</summary>
    public static bool IsRoot => OperatingSystem.IsLinux() && UserId() == 0;

    public static void Run(Action action)
    {
        Assert.SkipUnless(IsRoot, "Only root on Linux can become another user.");
        OwnThread.Run(() =>
        {
            // These calls return the former id, so the second one shows whether the first one worked.
            Assert.Equal(0, SetFileSystemGroup(User));
            Assert.Equal(0, SetFileSystemUser(User));
            Assert.Equal((int)User, SetFileSystemGroup(User));
            Assert.Equal((int)User, SetFileSystemUser(User));
            action();
        });
    }

    /// <summary>Runs a task that ends on the thread on which it began.</summary>
    public static T Run<T>(Func<Task<T>> action)
    {
        T? result = default;
        Run(() =>
        {
            var task = action();
            Assert.True(task.IsCompleted, "It continued on another thread, which is root.");
            result = task.GetAwaiter().GetResult();
        });
        return result!;
    }

    /// <summary>Makes this user the owner of a file.</summary>
    public static void GiveAway(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var file = File.OpenHandle(path);
        Assert.Equal(0, LinuxNative.ChangeOwner(file, User, User));
    }

    public static (uint User, uint Group)? OwnerOf(string path) =>
        OperatingSystem.IsLinux() && LinuxStat.TryRead(path, followLinks: false) is { } stat ? (stat.User, stat.Group) : null;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint UserId();

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    private static partial int SetFileSystemGroup(uint group);
}
