using System.Runtime.InteropServices;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>Runs code as a user who owns nothing and may do nothing, as the file system sees it.</summary>
/// <remarks>
/// Linux keeps the identity for file access per thread (setfsuid(2)), and takes the capabilities that override
/// permissions away with it. The thread ends with the code, so that nothing is to be restored.
/// </remarks>
internal static partial class Unprivileged
{
    public const uint User = 65534;

    public static void Run(Action action)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && UserId() == 0, "Only root on Linux can become another user.");
        OwnThread.Run(() =>
        {
            // What these calls return is the former id, so that the second one says whether the first one worked.
            Assert.Equal((0, 0), (SetFileSystemGroup(User), SetFileSystemUser(User)));
            Assert.Equal(((int)User, (int)User), (SetFileSystemGroup(User), SetFileSystemUser(User)));
            action();
        });
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint UserId();

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    private static partial int SetFileSystemGroup(uint group);
}
