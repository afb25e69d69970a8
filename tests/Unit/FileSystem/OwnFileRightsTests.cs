using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>
/// Locks and records belong to the owner of their folder, and let in who can write in the folder, and nobody else: such a
/// user could replace the file anyway, and any reader of a lock file could hold the lock.
/// </summary>
public sealed class OwnFileRightsTests : IDisposable
{
    private const uint Group = 4321;

    private readonly TestFolder folder = new();

    public OwnFileRightsTests()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root on Linux can give files away.");
        UnixFile.SetMode(folder.Path, 0b111_101_101);
    }

    private string Place
    {
        get
        {
            var place = folder.At("place");
            Directory.CreateDirectory(place);
            return place;
        }
    }

    public void Dispose() => folder.Dispose();

    [LinuxTheory]
    [InlineData("0700", "600")]
    [InlineData("0755", "600")]
    [InlineData("0750", "600")]
    [InlineData("0775", "660")]
    [InlineData("0770", "660")]
    [InlineData("0777", "666")]
    [InlineData("2775", "660")]
    [InlineData("1777", "666")]
    public void FileOfRoot_BelongsToTheOwnerOfTheFolder_AndLetsItsWritersIn(string mode, string expected)
    {
        var place = Give(mode);
        Make();
        Assert.Equal($"{Unprivileged.User} {Group} {expected}", Rights(place));
    }

    [LinuxTheory]
    [InlineData("0700", "600")]
    [InlineData("0775", "660")]
    [InlineData("0777", "666")]
    public void FileOfTheFoldersOwner_LetsItsWritersIn(string mode, string expected)
    {
        var place = Give(mode, Unprivileged.User);
        Unprivileged.Run(Make);
        Assert.Equal($"{Unprivileged.User} {Unprivileged.User} {expected}", Rights(place));
    }

    // The account cannot give it away; the group of the folder is not that of the file, and so not let in.
    [LinuxFact]
    public void FileOfAnotherWriter_StaysWithThatAccount()
    {
        var place = Give("0777", Group, user: 1234);
        Unprivileged.Run(Make);
        Assert.Equal($"{Unprivileged.User} {Unprivileged.User} 606", Rights(place));
    }

    [LinuxTheory]
    // A named user that can write, one that cannot, and one whom the mask keeps out.
    [InlineData("u:1234:rwx", "user:1234:rw-")]
    [InlineData("u:1234:r-x", "user:1234:---")]
    [InlineData("u:1234:rwx,m::r-x", "user:1234:rw-\t#effective:---")]
    [InlineData("g:5678:rwx", "group:5678:rw-")]
    public void FolderWithAnAcl_GivesAccessToItsWriters(string acl, string expected)
    {
        var place = Give("0750");
        Tool.Run("setfacl", "-m", acl, place);
        Make();
        Assert.Equal($"{Unprivileged.User} {Group}", Rights(place)[..10]);
        var found = Tool.Run("getfacl", "-cnE", Path.Combine(place, "file"));
        Assert.Contains(expected.Split('\t')[0], found, StringComparison.Ordinal);
        Assert.Contains("other::---", found, StringComparison.Ordinal);
        Assert.Equal(expected.Contains("rw-", StringComparison.Ordinal) && !acl.Contains("m::", StringComparison.Ordinal), CanRead(place, acl[0] == 'g' ? "--regid=5678" : "--reuid=1234"));
    }

    // A default ACL would let its users read and write every new file in the folder, although they cannot write there.
    [LinuxTheory]
    [InlineData("d:u:1234:rw")]
    [InlineData("d:u:1234:rw,d:o::rw,d:g::rw")]
    public void FolderWithADefaultAcl_LetsNobodyElseIn(string acl)
    {
        var place = Give("0755");
        Tool.Run("setfacl", "-m", acl, place);
        Make();
        Assert.Equal($"{Unprivileged.User} {Group} 600", Rights(place));
        Assert.DoesNotContain("1234", Tool.Run("getfacl", "-cnE", Path.Combine(place, "file")), StringComparison.Ordinal);
        Assert.False(CanRead(place, "--reuid=1234"));
    }

    private static bool CanRead(string place, string account)
    {
        using var process = System.Diagnostics.Process.Start("setpriv", [account, "--clear-groups", .. account.Contains("regid", StringComparison.Ordinal) ? new[] { "--reuid=1234" } : [], "test", "-r", Path.Combine(place, "file")]);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static string Rights(string place) => Tool.Run("stat", "-c", "%u %g %a", Path.Combine(place, "file")).Trim();

    private string Give(string mode, uint group = Group, uint user = Unprivileged.User)
    {
        UnixFile.ChangeOwner(Place, user, group);
        Tool.Run("chmod", mode, Place);
        return Place;
    }

    private void Make()
    {
        using var opened = OpenFolder.Open(folder.At("place"));
        opened.CreateOwn("file").Dispose();
    }
}
