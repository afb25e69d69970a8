using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.Permissions;
using StepCaRenew.Unit.Permissions;

namespace StepCaRenew.Unit.Accounts;

/// <summary>A user's own group is the user's, if files prove it; the files are those below a folder that plays the root.</summary>
[SupportedOSPlatform("linux")]
public sealed class PrivateGroupsTests : IDisposable
{
    private const uint Bob = 1234;
    private const uint Group = 5678;
    private readonly TestFolder root = new();

    public PrivateGroupsTests()
    {
        Directory.CreateDirectory(root.At("etc"));
        root.Write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nbob:x:1234:5678:Bob:/home/bob:/bin/sh\nann:x:1235:5679::/:/bin/sh\n");
        root.Write("etc/group", "root:x:0:\nbob:x:5678:\nann:x:5679:\n");
        root.Write("etc/gshadow", "root:*::\nbob:!::\n");
        root.Write("etc/nsswitch.conf", "# comment\npasswd:         files systemd\ngroup:  files systemd # ldap\nhosts: files dns\n");
    }

    public void Dispose() => root.Dispose();

    [LinuxFact]
    public void OwnGroup_NobodyElseInIt_IsPrivate() => Assert.True(IsPrivate());

    [LinuxFact]
    public void OwnGroup_ByAFileOfIt_IsSafe()
    {
        var path = GuardedPlace.Mode(root.Write("run.ps1", "1"), 0b110_110_100);
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can give files away.");
        UnixFile.ChangeOwner(path, Bob, Group);
        var guarded = new GuardedPath(path, "the script");
        Assert.Empty(new SafetyCheck(TrustedAccounts.FromUsers(Bob), new UnixRights(new PrivateGroups(root.Path))).Find(guarded));
        root.Write("etc/group", "bob:x:5678:ann\n");
        Assert.Single(new SafetyCheck(TrustedAccounts.FromUsers(Bob), new UnixRights(new PrivateGroups(root.Path))).Find(guarded));
    }

    [LinuxFact]
    public void GroupOfSomebodyUntrusted_IsNot() => Assert.False(new PrivateGroups(root.Path).IsPrivate(5679, new HashSet<uint> { 0, Bob }));

    [LinuxTheory]
    [InlineData("etc/group", "bob:x:5678:ann\n")]
    [InlineData("etc/group", "bob:x:5678:bob,ann\n")]
    [InlineData("etc/group", "staff:x:5678:\n")]
    [InlineData("etc/group", "bob:x:5678:\nstaff:x:5678:ann\n")]
    [InlineData("etc/group", "bob:x:5678:\nbob:x:5999:ann\n")]
    [InlineData("etc/group", "bob:x:5678\n")]
    [InlineData("etc/group", "")]
    [InlineData("etc/passwd", "bob:x:1234:5678::/:/bin/sh\nann:x:1235:5678::/:/bin/sh\n")]
    [InlineData("etc/passwd", "bob:x:1234:100::/:/bin/sh\n")]
    [InlineData("etc/passwd", "bob:x:1236:5678::/:/bin/sh\n")]
    [InlineData("etc/passwd", "bob:x:1234:5678::/:/bin/sh\nbob:x:1237:5678::/:/bin/sh\n")]
    [InlineData("etc/passwd", "")]
    [InlineData("etc/gshadow", "bob:$6$hash::\n")]
    [InlineData("etc/gshadow", "bob:!:ann:\n")]
    [InlineData("etc/gshadow", "bob:!::ann\n")]
    [InlineData("etc/gshadow", "bob:!\n")]
    [InlineData("etc/nsswitch.conf", "passwd: files sss\ngroup: files\n")]
    [InlineData("etc/nsswitch.conf", "passwd: files\ngroup: files ldap\n")]
    [InlineData("etc/nsswitch.conf", "passwd: files\ngroup: files\ninitgroups: files sss\n")]
    [InlineData("etc/nsswitch.conf", "passwd: compat\ngroup: compat\n")]
    [InlineData("etc/nsswitch.conf", "passwd: files\n")]
    [InlineData("etc/userdb/eve.user", "{}")]
    [InlineData("run/systemd/userdb/io.systemd.Home", "")]
    public void IsPrivate_OtherMembersPossible_IsFalse(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(root.At(file))!);
        root.Write(file, content);
        Assert.False(IsPrivate());
    }

    [LinuxTheory]
    [InlineData("etc/group", "bob:x:5678:bob\n")]
    [InlineData("etc/gshadow", "bob:!:bob:bob\n")]
    [InlineData("run/systemd/userdb/io.systemd.DynamicUser", "")]
    public void IsPrivate_HarmlessChange_StaysTrue(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(root.At(file))!);
        root.Write(file, content);
        Assert.True(IsPrivate());
    }

    [LinuxFact]
    public void IsPrivate_WithoutNsswitch_IsFalse()
    {
        File.Delete(root.At("etc/nsswitch.conf"));
        Assert.False(IsPrivate());
    }

    private bool IsPrivate() => new PrivateGroups(root.Path).IsPrivate(Group, new HashSet<uint> { 0, Bob });
}
