using StepCaRenew.Accounts;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Permissions;
using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Registration;

/// <summary>The files and folders of publications; SafetyCheckTests has the rules for one path.</summary>
public sealed class RenewalSafetyTests : IDisposable
{
    private const string Stranger = "1234";

    private readonly TestFolder folder = new();
    private readonly RenewalFolders folders;
    private readonly RenewalDefinition definition;

    public RenewalSafetyTests()
    {
        folders = RenewalFolders.ForScope(RenewalScope.Machine, name => name == RenewalFolders.HomeVariable ? folder.At("home") : null);
        foreach (var path in new[] { folders.Definitions, folders.StateFolder("web"), folders.LogFolder("web"), folder.At("pair"), folder.At("out"), folder.At("module") })
            Directory.CreateDirectory(path);
        File.WriteAllText(folders.DefinitionFile("web"), "{}");
        definition = new RenewalDefinition
        {
            Name = "web",
            Scope = RenewalScope.Machine,
            CertificatePath = folder.Write("pair/web.crt", ""),
            KeyPath = folder.Write("pair/web.key", ""),
            Publications = [new PfxPublication(folder.At("out/web.pfx")) { PasswordFile = folder.Write("password", "s") }],
        };
    }

    public void Dispose() => folder.Dispose();

    [LinuxFact]
    public void Publications_ThatOnlyTrustedAccountsCanChange_AreSafe()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "The files must be those of root.");
        RequireSafe();
    }

    [LinuxFact]
    public void PasswordFile_ThatOthersCanWrite_IsRefused()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "The files must be those of root.");
        Tool.Run("chmod", "0622", folder.At("password"));
        Assert.Contains("the password file of a PFX file", Expect.Failure(ErrorId.InsecureDefinition, RequireSafe).Message, StringComparison.Ordinal);
    }

    // Its owner reads the file that is in place, and could replace it.
    [LinuxFact]
    public void FolderOfAPublication_OfAnotherAccount_IsRefused_UnlessTheFileInPlaceBelongsToThatAccount()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can give files away.");
        Tool.Run("chown", Stranger, folder.At("out"));
        Assert.Contains("the folder of a publication", Expect.Failure(ErrorId.InsecureFolder, RequireSafe).Message, StringComparison.Ordinal);
        folder.Write("out/web.pfx", "");
        Expect.Failure(ErrorId.InsecureFolder, RequireSafe);
        Tool.Run("chown", Stranger, folder.At("out/web.pfx"));
        RequireSafe();
        Tool.Run("chmod", "0777", folder.At("out"));
        Expect.Failure(ErrorId.InsecureFolder, RequireSafe);
    }

    private void RequireSafe() => RenewalSafety.RequireSafe(folders, definition, new RunningModule(null, folder.At("module")), TrustedAccounts.FromUsers());
}
