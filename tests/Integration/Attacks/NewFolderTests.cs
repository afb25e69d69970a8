using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Integration.Children;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Attacks;

/// <summary>
/// Root registers a renewal of a user, with a log in a new folder in a folder of that user. The user puts a folder or a file of
/// root in the place of the new folder. Root must not give it to the user, nor open it to all.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class NewFolderTests : IDisposable
{
    private const int OpenToAll = 0x1ED;
    private const int OwnerAlone = 0x1C0;

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    // strace holds the child between the call that creates the folder and the next one.
    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NewFolderExchangedWithSomethingOfRoot_ThatStaysRoots(bool isFolder)
    {
        var account = Scene();
        Tool.Require("strace");
        var (home, treasure) = (folder.At("home"), folder.At("home/treasure"));
        if (isFolder)
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(treasure).FullName, "secret"), "secret");
        else
            File.WriteAllText(treasure, "secret");
        Tool.Run("chmod", "0700", treasure);
        var isExchanged = false;
        using (Attacker.Repeat(() => isExchanged = isExchanged || Attacker.TryExchange(home, "logs", "treasure")))
        {
            await using var child = Child.StartAs(
                ["strace", "-f", "-qq", "-e", "trace=mkdirat", "-e", "inject=mkdirat:delay_exit=500000", "-o", folder.At("trace")], ["make-folder", account.Name, folder.At("home/logs")]);
            var (exit, text, errors) = await child.EndAsync();
            Assert.True(exit == 1 && text.Contains(ErrorId.WriteFailed, StringComparison.Ordinal), $"{exit} {text} {errors}");
        }

        Assert.True(isExchanged);
        AssertIs(0, OwnerAlone, folder.At("home/logs"));
    }

    [LinuxFact]
    public void NewFolders_ThoseAboveAreRoots_AndTheLastIsTheAccounts()
    {
        var account = Scene();
        OwnFolder.MakeFor(account, folder.At("home/var/logs"), RenewalScope.Machine);
        AssertIs(0, OpenToAll, folder.At("home/var"));
        AssertIs(Unprivileged.User, OpenToAll, folder.At("home/var/logs"));
    }

    [LinuxFact]
    public void ExistingFolder_KeepsItsOwnerAndMode()
    {
        var account = Scene();
        Directory.CreateDirectory(folder.At("home/logs"), (UnixFileMode)OwnerAlone);
        OwnFolder.MakeFor(account, folder.At("home/logs"), RenewalScope.Machine);
        AssertIs(0, OwnerAlone, folder.At("home/logs"));
    }

    private static void AssertIs(uint user, int mode, string path)
    {
        var stat = LinuxStat.TryRead(path, followLinks: false);
        Assert.Equal(user, stat?.User);
        Assert.Equal(mode, stat?.Mode & 0xFFF);
    }

    private TaskAccount.User Scene()
    {
        Tool.RequireRoot();
        var name = UnixAccounts.UserName(Unprivileged.User);
        Assert.SkipWhen(UnixAccounts.UserNumber(name) is null, "The user without rights has no name on this machine.");
        Tool.Run("chmod", "0755", folder.Path);
        Directory.CreateDirectory(folder.At("home"));
        Tool.Run("chown", $"{Unprivileged.User}:{Unprivileged.User}", folder.At("home"));
        return new TaskAccount.User(name);
    }
}
