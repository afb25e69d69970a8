using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Integration.Engine;

/// <summary>Another user, as the file system sees it.</summary>
/// <remarks>
/// Linux keeps the identity for file access per thread (setfsuid(2)), and takes the capabilities that override
/// permissions away with it. The thread ends with the code, so that nothing is to be restored.
/// </remarks>
internal static partial class Unprivileged
{
    public const uint User = 65534;

    public static bool IsRoot => OperatingSystem.IsLinux() && UserId() == 0;

    /// <summary>Makes the unprivileged user the owner of a file.</summary>
    public static void GiveAway(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var file = File.OpenHandle(path);
        Assert.Equal(0, LinuxNative.ChangeOwner(file, User, User));
    }

    public static (uint User, uint Group)? OwnerOf(string path) =>
        OperatingSystem.IsLinux() && LinuxStat.TryRead(path, followLinks: false) is { } stat ? (stat.User, stat.Group) : null;

    /// <summary>Runs an action that ends on the thread that it began on.</summary>
    public static T Run<T>(Func<Task<T>> action)
    {
        Assert.SkipUnless(IsRoot, "Only root on Linux can become another user.");
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                // These calls return the former id, so that the second one shows whether the first one worked.
                Assert.Equal((0, 0), (SetFileSystemGroup(User), SetFileSystemUser(User)));
                Assert.Equal(((int)User, (int)User), (SetFileSystemGroup(User), SetFileSystemUser(User)));
                var task = action();
                Assert.True(task.IsCompleted, "It went on to another thread, which is root.");
                result = task.GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint UserId();

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    private static partial int SetFileSystemGroup(uint group);
}
