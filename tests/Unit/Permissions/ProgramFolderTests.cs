using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.Permissions;

/// <summary>The folder of a program is part of it on Windows: libraries are looked for there first.</summary>
public sealed class ProgramFolderTests : IDisposable
{
    // What ProgramData passes on: users may add files.
    private const string UsersMayAdd = "O:BAD:(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;CI;DCLCRPCR;;;BU)";

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Program_UsersMayAddFilesNextToIt_IsRefused()
    {
        var program = folder.Write("reload.exe", "");
        var rights = new TextRights(path => path == folder.Path ? UsersMayAdd : "O:BAD:(A;;FA;;;BA)", program);
        var failure = Expect.Failure(ErrorId.InsecureDefinition, () => new SafetyCheck(TrustedAccounts.FromUsers(), rights).RequireDefinition(GuardedPath.Program(program, loadsFromItsFolder: true)));
        Assert.Contains($"the folder of the program '{folder.Path}'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("write data, append data", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Program_WherePlatformsDoNotLoadFromItsFolder_MayHaveThatAboveIt()
    {
        var program = folder.Write("reload.exe", "");
        var rights = new TextRights(path => path == folder.Path ? UsersMayAdd : "O:BAD:(A;;FA;;;BA)", program);
        new SafetyCheck(TrustedAccounts.FromUsers(), rights).RequireDefinition(GuardedPath.Program(program, loadsFromItsFolder: false));
    }

    [Fact]
    public void Program_BehindALink_BothFoldersCount()
    {
        Directory.CreateDirectory(folder.At("real"));
        var program = folder.Write(Path.Combine("real", "reload.exe"), "");
        WindowsLink.MakeOrSkip(folder.At("reload.exe"), program, isFolder: false);
        Assert.Equal([folder.At("reload.exe"), folder.Path, folder.At("real")], GuardedPath.Program(folder.At("reload.exe"), loadsFromItsFolder: true).Select(guarded => guarded.Path));
    }

    private sealed class TextRights(Func<string, string> sddl, string file) : IRights
    {
        public PathEntry GetEntry(string path) => path == file ? PathEntry.Other : Directory.Exists(path) ? PathEntry.Folder : PathEntry.Missing;

        public IEnumerable<SafetyFinding> Find(string path, PathRole role, TrustedAccounts trusted) => new DescriptorCheck(trusted.Sids).Find(path, sddl(path), role, Directory.Exists(path));
    }
}
