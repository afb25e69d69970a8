using System.Runtime.InteropServices;

namespace StepCaRenew.Fixtures;

/// <summary>Mounts that only one thread sees, and that end with it (unshare(2), CLONE_NEWNS).</summary>
internal static partial class PrivateMounts
{
    private const int NewNamespace = 0x20000;
    private const ulong Bind = 0x1000;
    private const ulong RecursivePrivate = 0x4000 | 0x40000;

    public static void Run(Action action)
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root on Linux can mount.");
        string? refused = null;
        OwnThread.Run(() =>
        {
            if (Unshare(NewNamespace) != 0 || Mount("none", "/", null, RecursivePrivate, null) != 0)
                refused = Marshal.GetLastPInvokeErrorMessage();
            else
                action();
        });
        Assert.SkipWhen(refused is not null, $"This machine refuses mounts: {refused}");
    }

    public static void MountTmpfs(string folder, string options) => Require(Mount("tmpfs", folder, "tmpfs", 0, options));

    public static void BindFile(string source, string target) => Require(Mount(source, target, null, Bind, null));

    public static void MakeReadOnly(string folder) => Require(Mount("none", folder, null, 0x20 | 0x1, null));

    private static void Require(int result) => Assert.True(result == 0, Marshal.GetLastPInvokeErrorMessage());

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string? type, ulong flags, string? data);
}
