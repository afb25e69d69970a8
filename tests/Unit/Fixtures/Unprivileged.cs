using System.Runtime.InteropServices;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>Runs code as a user without files and without rights in the file system.</summary>
/// <remarks>
/// Linux keeps the identity for file access per thread (setfsuid(2)), and removes the capabilities that override
/// permissions with it. The thread ends with the code, so that nothing must be restored.
/// </remarks>
internal static partial class Unprivileged
{
    public const uint User = 65534;

    public static void Run(Action action)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && UserId() == 0, "Only root on Linux can become another user.");
        OwnThread.Run(() =>
        {
            // These calls return the former id, so the second one shows whether the first one worked.
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
