using System.Runtime.Versioning;
using System.Security.AccessControl;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;
using StepCaRenew.Permissions;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>
/// Owner and access list of new files on Windows. Wine keeps of a list what a Unix mode can say: whether everyone may read
/// or write, and whether the owner may.
/// </summary>
[SupportedOSPlatform("windows")]
public sealed class WindowsRightsTests : IDisposable
{
    private const string Everyone = "S-1-1-0";
    private const int Rounds = 300;
    private readonly TestFolder? folder = OperatingSystem.IsWindows() ? new() : null;

    public WindowsRightsTests()
    {
        if (OperatingSystem.IsWindows())
            GiveTo(folder!.Path, $"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;{WindowsAccounts.Current()})(A;OICI;FRFX;;;WD)");
    }

    public void Dispose() => folder?.Dispose();

    [WindowsFact]
    public void Folder_LetsEveryoneReadNewFiles() => Assert.Contains(Everyone, Readers(folder!.Write("plain.txt", "x")));

    [WindowsFact]
    public void Commit_AccessListOfTheOldFile_IsThatOfTheNew()
    {
        var path = Private("web.key");
        var before = Sddl(path);
        Replacing.Replace(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
        Assert.DoesNotContain(Everyone, Readers(path));
        Assert.True(DescriptorCopy.AreSame(before, Sddl(path)), $"{before} became {Sddl(path)}");
    }

    [WindowsFact]
    public void Commit_OpenFile_StaysOpen()
    {
        var path = folder!.Write("web.crt", "old");
        var before = Sddl(path);
        Replacing.Replace(path, "new");
        Assert.True(DescriptorCopy.AreSame(before, Sddl(path)), $"{before} became {Sddl(path)}");
    }

    // Another thread looks at the staged file as often as it can, from its first moment on.
    [WindowsFact]
    public void Stage_PrivateFileInAnOpenFolder_IsNeverReadableByEveryone()
    {
        var path = Private("web.key");
        var (round, looks, seen) = (0, 0, new HashSet<string>());
        var watcher = new Thread(() =>
        {
            while (Volatile.Read(ref round) < Rounds)
            {
                try
                {
                    seen.UnionWith(Readers(Staged(Volatile.Read(ref round))));
                    looks++;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // It is not there yet.
                }
            }
        });
        watcher.Start();
        try
        {
            for (; round < Rounds; Interlocked.Increment(ref round))
                StagedFile.CreateLike(Staged(round), path).Dispose();
        }
        finally
        {
            Volatile.Write(ref round, Rounds);
            watcher.Join();
        }

        Assert.True(looks > 0, "The other thread never saw the file.");
        Assert.DoesNotContain(Everyone, seen);

        string Staged(int number) => folder!.At($"staged{number}");
    }

    [WindowsFact]
    public void AtomicFile_Private_IsNotReadableByEveryone_AndAPublicOneIs()
    {
        AtomicFile.Write(folder!.At("secret"), "x"u8, isPrivate: true);
        AtomicFile.Write(folder.At("public"), "x"u8, isPrivate: false);
        Assert.DoesNotContain(Everyone, Readers(folder.At("secret")));
        Assert.Contains(Everyone, Readers(folder.At("public")));
        Assert.Equal("x", File.ReadAllText(folder.At("secret")));
        Assert.False(AtomicFile.Write(folder.At("secret"), "x"u8, isPrivate: true));
    }

    [WindowsFact]
    public void AtomicFile_Private_OverAnOpenOne_MakesItPrivate()
    {
        var path = folder!.Write("secret", "old");
        AtomicFile.Write(path, "new"u8, isPrivate: true);
        Assert.DoesNotContain(Everyone, Readers(path));
    }

    [WindowsFact]
    public void AtomicFile_Private_SameContentInAnOpenFile_IsWrittenAgain()
    {
        var path = folder!.Write("secret", "same");
        RequireInheritance(path);
        Assert.True(AtomicFile.Write(path, "same"u8, isPrivate: true));
        Assert.DoesNotContain(Everyone, Readers(path));
        Assert.False(AtomicFile.Write(path, "same"u8, isPrivate: true));
    }

    [WindowsFact]
    public void Tighten_FileWithTheListOfItsFolder_MakesItPrivate()
    {
        var path = folder!.Write("renewal.log", "line");
        RequireInheritance(path);
        WindowsNewFile.Tighten(path);
        Assert.DoesNotContain(Everyone, Readers(path));
        Assert.Equal("line", File.ReadAllText(path));
    }

    [WindowsFact]
    public void Log_NewFile_IsNotReadableByEveryone_AndTheNextOneIsNotEither()
    {
        var path = folder!.At("renewal.log");
        var file = new RotatingFile(path, limit: 10);
        for (var line = 0; line < 3; line++)
            file.Append("0123456789\n"u8);
        Assert.All([path, path + ".1", path + ".2"], one =>
        {
            Assert.DoesNotContain(Everyone, Readers(one));
            Assert.Equal("0123456789\n", File.ReadAllText(one));
        });
    }

    [WindowsFact]
    public void Privilege_IsEnabledForAWhile_AndOneThatNobodyHoldsIsNot()
    {
        using (var privilege = WindowsPrivilege.Enable(DescriptorCopy.RestorePrivilege))
            Assert.SkipWhen(privilege is null, "This account does not hold SeRestorePrivilege.");
        Assert.Null(WindowsPrivilege.Enable("SeNoSuchPrivilege"));
        // No account has it by default.
        Assert.Null(WindowsPrivilege.Enable("SeCreateTokenPrivilege"));
    }

    [WindowsFact]
    public void LongPaths_AreReadAndReplaced()
    {
        var deep = folder!.At(string.Join('\\', Enumerable.Repeat(new string('x', 60), 4)));
        Directory.CreateDirectory(deep);
        var path = Path.Combine(deep, "web.key");
        File.WriteAllText(path, "old");
        Assert.True(path.Length > 259);
        Assert.NotNull(WindowsRights.OwnerOf(path));
        Assert.DoesNotContain(new WindowsRights().Find(path, PathRole.End, TrustedAccounts.ForThisProcess()), finding => finding.Sentence.Contains("can't be read", StringComparison.Ordinal));
        Replacing.Replace(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
    }

    private string Private(string name)
    {
        var path = folder!.Write(name, "old");
        WindowsDescriptor.SetAccess(path, $"D:P(A;;FA;;;SY)(A;;FA;;;{WindowsAccounts.Current()})");
        Assert.DoesNotContain(Everyone, Readers(path));
        return path;
    }

    private static IEnumerable<string> Readers(string path) => Dacl.Parse(Sddl(path)).Entries!.Where(entry => entry.IsAllowing).Select(entry => entry.Trustee);

    private static string Sddl(string path) => WindowsDescriptor.Sddl(WindowsDescriptor.Read(path, followLinks: true));

    private static void RequireInheritance(string path) =>
        Assert.SkipUnless(Dacl.Parse(Sddl(path)).Entries!.Any(entry => entry.IsInherited), "This file system does not say what a file inherited (Wine).");

    private static void GiveTo(string path, string sddl)
    {
        var rights = new DirectorySecurity();
        rights.SetSecurityDescriptorSddlForm(sddl, AccessControlSections.Access);
        new DirectoryInfo(path).SetAccessControl(rights);
    }
}
