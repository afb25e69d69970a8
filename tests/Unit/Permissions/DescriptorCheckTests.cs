using System.Text;
using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.Permissions;

/// <summary>The rights that security descriptors of Windows give to other accounts, from their text alone.</summary>
public sealed class DescriptorCheckTests
{
    private const string Account = "S-1-5-21-1-2-3-1001";
    private const string Installer = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";
    private const string Drive = $"O:{Installer}G:{Installer}D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;CI;LC;;;BU)(A;CIIO;DC;;;BU)(A;OICIIO;SDGXGWGR;;;AU)(A;;LC;;;AU)";
    private const string ProgramData = "O:SYG:SYD:PAI(A;OICIIO;FA;;;CO)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;CI;DCLCRPCR;;;BU)";

    [Theory]
    [InlineData("O:BAD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;BU)")]
    [InlineData("O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)")]
    [InlineData($"O:{Installer}D:(A;;FA;;;{Installer})(A;;FR;;;WD)")]
    [InlineData($"O:{Account}D:(A;;FA;;;{Account})")]
    [InlineData("O:BAD:")]
    [InlineData("O:BAD:P")]
    [InlineData("O:LAD:(A;;FA;;;LA)")]
    [InlineData("O:BAD:(A;;FRFX;;;AU)(A;;GRGX;;;WD)(A;;RC;;;BU)")]
    [InlineData("O:BAD:(A;;FA;;;OW)")]
    [InlineData("O:BAD:(D;;FA;;;WD)(OD;;FA;;;WD)")]
    [InlineData("O:BAD:(A;OICIIO;FA;;;CO)")]
    [InlineData("O:BAD:(A;;1179785;;;BU)(A;;0;;;BU)(A;;;;;BU)")]
    [InlineData("O:BAD:(A;;FA;;;BA)S:(ML;;NW;;;LW)(RA;;;;;WD;(\"a:b\",TS,0,\"x\"))")]
    [InlineData("O:BAD:AI(A;ID;FA;;;s-1-5-18)")]
    public void Safe(string sddl)
    {
        foreach (var role in Enum.GetValues<PathRole>())
            Assert.Empty(Find(sddl, role, isFolder: true).Concat(Find(sddl, role, isFolder: false)));
    }

    [Theory]
    [InlineData("O:BUD:(A;;FA;;;BA)", "'x' is owned by 'Users' (S-1-5-32-545)")]
    [InlineData("O:S-1-5-21-9-9-9-1002D:", "'x' is owned by 'S-1-5-21-9-9-9-1002'")]
    [InlineData("O:DAD:", "'x' is owned by 'DA'")]
    [InlineData("D:(A;;FA;;;BA)", "'x' is owned by an unknown account")]
    [InlineData("O:BA", "'x' can be changed by everyone (it has no DACL)")]
    [InlineData("O:BAG:SY", "'x' can be changed by everyone (it has no DACL)")]
    [InlineData("O:BAD:NO_ACCESS_CONTROL", "'x' can be changed by everyone (it has no DACL)")]
    [InlineData("O:BAD:PNO_ACCESS_CONTROL", "'x' can be changed by everyone (it has no DACL)")]
    [InlineData("O:BAD:(A;;0x2;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (write data)")]
    [InlineData("O:BAD:(A;;DC;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (write data)")]
    [InlineData("O:BAD:(A;;2;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (write data)")]
    [InlineData("O:BAD:(A;;LC;;;AU)", "'x' can be changed by 'Authenticated Users' (S-1-5-11) (append data)")]
    [InlineData("O:BAD:(A;;0x100;;;AU)", "'x' can be changed by 'Authenticated Users' (S-1-5-11) (write attributes)")]
    [InlineData("O:BAD:(A;;SD;;;WD)", "'x' can be changed by 'Everyone' (S-1-1-0) (delete)")]
    [InlineData("O:BAD:(A;;WD;;;WD)", "'x' can be changed by 'Everyone' (S-1-1-0) (change permissions)")]
    [InlineData("O:BAD:(A;;WO;;;WD)", "'x' can be changed by 'Everyone' (S-1-1-0) (take ownership)")]
    [InlineData("O:BAD:(A;;GW;;;IU)", "'x' can be changed by 'S-1-5-4' (write)")]
    [InlineData("O:BAD:(A;;GA;;;AN)", "'x' can be changed by 'S-1-5-7' (full control)")]
    [InlineData("O:BAD:(A;;FW;;;S-1-5-32-545)", "'x' can be changed by 'Users' (S-1-5-32-545) (write data, append data, write attributes)")]
    [InlineData("O:BAD:(A;;FA;;;LS)", "'x' can be changed by 'S-1-5-19' (write data, append data, write attributes, delete, change permissions, take ownership)")]
    [InlineData("O:BAD:(A;ID;0x1301bf;;;AU)", "'x' can be changed by 'Authenticated Users' (S-1-5-11) (write data, append data, write attributes, delete)")]
    [InlineData("O:BAD:(A;;DC;;;BU)(A;;LC;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (write data, append data)")]
    // Denying rules do not count: their place in the list and the groups of a user would decide.
    [InlineData("O:BAD:(D;;FA;;;BU)(A;;DC;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (write data)")]
    [InlineData("O:BAD:(XA;;DC;;;BU;(@User.Title==\"PM\"))", "'x' can be changed by 'Users' (S-1-5-32-545) (write data)")]
    [InlineData("O:BAD:(OA;;DC;bf967aba-0de6-11d0-a285-00aa003049e2;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (write data)")]
    [InlineData("O:BAD:(A;;FA;;;DA)", "'x' can be changed by 'DA' (write data, append data, write attributes, delete, change permissions, take ownership)")]
    [InlineData("O:BAD:(A;;DC;;;CO)", "'x' can be changed by 'CREATOR OWNER' (S-1-3-0) (write data)")]
    [InlineData("O:BAD:(A;;DC;;;S-1-5-21-1-2-3-10010)", "'x' can be changed by 'S-1-5-21-1-2-3-10010' (write data)")]
    public void File_Others_OneFinding(string sddl, string sentence) => Assert.Equal([sentence], Find(sddl, PathRole.End, isFolder: false));

    [Theory]
    [InlineData("O:BAD:(A;;DT;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (delete what is in it)")]
    [InlineData("O:BAD:(A;;0x40;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (delete what is in it)")]
    [InlineData("O:BAD:(A;;SD;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (delete)")]
    [InlineData("O:BAD:(A;;WD;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (change permissions)")]
    [InlineData("O:BAD:(A;;WO;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (take ownership)")]
    [InlineData("O:BAD:(A;;GW;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (write)")]
    [InlineData("O:BAD:(A;;GA;;;BU)", "'x' can be changed by 'Users' (S-1-5-32-545) (full control)")]
    public void Folder_AsAncestorOrItself_IsRefused(string sddl, string sentence)
    {
        Assert.Equal([sentence], Find(sddl, PathRole.Ancestor, isFolder: true));
        Assert.Equal([sentence], Find(sddl, PathRole.End, isFolder: true));
    }

    [Theory]
    [InlineData("O:BAD:(A;;DCLCCR;;;BU)")]
    [InlineData("O:BAD:(A;OICIIO;GA;;;BU)")]
    [InlineData(Drive)]
    [InlineData(ProgramData)]
    public void Folder_InWhichOthersCanOnlyAdd_IsSafeAsAncestor(string sddl)
    {
        Assert.Empty(Find(sddl, PathRole.Ancestor, isFolder: true));
        Assert.NotEmpty(Find(sddl, PathRole.End, isFolder: true));
    }

    [Fact]
    public void InheritOnly_CountsForNewFiles_NotForTheFolder()
    {
        const string Sddl = "O:BAD:(A;OICIIO;GW;;;AU)";
        Assert.Equal(["'x' lets 'Authenticated Users' (S-1-5-11) change new files in it (inherit-only: write)"], Find(Sddl, PathRole.End, isFolder: true));
        Assert.Empty(Find(Sddl, PathRole.End, isFolder: false));
        Assert.Empty(Find(Sddl, PathRole.Ancestor, isFolder: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("X:BA")]
    [InlineData("O:BAO:SY")]
    [InlineData("O:ZZD:")]
    [InlineData("O:S-1-D:")]
    [InlineData("O:BAD:(A;;FA;;;ZZ)")]
    // With unknown letters, the rest could mean anything.
    [InlineData("O:BAD:(A;;FR;;;ZZ)")]
    [InlineData("O:BAD:(A;;ZZ;;;BA)")]
    [InlineData("O:BAD:(A;;F;;;BA)")]
    [InlineData("O:BAD:(A;;0xZZ;;;BA)")]
    [InlineData("O:BAD:(A;;0x1ffffffff;;;BA)")]
    [InlineData("O:BAD:(A;;017;;;BA)")]
    [InlineData("O:BAD:(A;;FA;;BA)")]
    [InlineData("O:BAD:(Q;;FA;;;BA)")]
    [InlineData("O:BAD:(A;;FA;;;BA")]
    [InlineData("O:BAD:(A;;FA;;;BA))")]
    [InlineData("O:BAD:(A;;FA;;;BA)x(A;;FA;;;BA)")]
    [InlineData("O:BAD:Z(A;;FA;;;BA)")]
    public void Unreadable_IsAFinding(string sddl) => Assert.NotEmpty(Find(sddl, PathRole.End, isFolder: false));

    [Fact]
    public void Finding_HasACommandAndAName()
    {
        var check = new DescriptorCheck(TrustedAccounts.FromSids(Account).Sids, sid => sid.EndsWith("-7", StringComparison.Ordinal) ? @"D\eve" : null);
        var rule = Assert.Single(check.Find(@"C:\a b", "O:BAD:(A;;FA;;;S-1-5-21-7)", PathRole.Ancestor, isFolder: true));
        Assert.Equal("icacls \"C:\\a b\" /inheritance:d /remove:g *S-1-5-21-7", rule.Command);
        Assert.Contains(@"'D\eve' (S-1-5-21-7)", rule.Sentence, StringComparison.Ordinal);
        var owner = Assert.Single(check.Find(@"C:\a", "O:S-1-5-21-7D:", PathRole.End, isFolder: false));
        Assert.Equal("icacls \"C:\\a\" /setowner *S-1-5-32-544", owner.Command);
    }

    [Fact]
    public void Account_IsTrusted_ForItsRunsOnly() =>
        Assert.NotEmpty(new DescriptorCheck(TrustedAccounts.FromUsers().Sids).Find("x", $"O:{Account}D:", PathRole.End, isFolder: false));

    private static IEnumerable<string> Find(string sddl, PathRole role, bool isFolder) =>
        new DescriptorCheck(TrustedAccounts.FromSids(Account).Sids).Find("x", sddl, role, isFolder).Select(finding => finding.Sentence);
}

/// <summary>Damaged descriptors are a finding or a descriptor, never a crash; and what a stranger gets is never overlooked.</summary>
public sealed class DescriptorFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 20_000;
    private const string Good = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICIIO;0x1200a9;;;BU)(XA;;FX;;;WD;(@User.a==\"b\"))(D;;GW;;;AU)S:(ML;;NW;;;LW)";
    private static readonly string[] Harmful = ["DC", "LC", "SD", "WD", "WO", "GW", "GA", "FA", "FW", "0x2", "0x10000", "65536"];
    private static readonly string[] Harmless = ["FR", "FX", "RC", "GR", "GX", "CC", "0x1200a9", ""];
    private static readonly string[] Strangers = ["WD", "AU", "BU", "S-1-5-21-1-2-3-4", "DU", "IU"];

    [Fact]
    public void Damaged_DoesNotCrash()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var sddl = Encoding.Latin1.GetString(new RandomDamage(seed).Apply(Encoding.Latin1.GetBytes(Good)));
            foreach (var role in Enum.GetValues<PathRole>())
                Assert.Null(Record.Exception(() => Check(sddl, role)) is { } e ? $"Seed {seed}, '{sddl}': {e}" : null);
        }
    }

    [Fact]
    public void Stranger_IsFoundAmongAnyRules()
    {
        var seed = Environment.ProcessId;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < Rounds / 10; round++)
        {
            var rules = Enumerable.Range(0, random.Next(6)).Select(_ => Rule(Pick(Harmless), Pick(Strangers)))
                .Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Rule(Pick(Harmful), "BA"))).ToList();
            Assert.True(Check(Sddl(rules), PathRole.End).Count == 0, $"Seed {seed}: {Sddl(rules)}");
            rules.Insert(random.Next(rules.Count + 1), Rule(Pick(Harmful), Pick(Strangers)));
            Assert.True(Check(Sddl(rules), PathRole.End).Count == 1, $"Seed {seed}: {Sddl(rules)}");
        }

        string Pick(string[] of) => of[random.Next(of.Length)];
    }

    private static string Rule(string rights, string trustee) => $"(A;OICI;{rights};;;{trustee})";

    private static string Sddl(IEnumerable<string> rules) => $"O:BAG:SYD:PAI{string.Concat(rules)}";

    private static IReadOnlyList<SafetyFinding> Check(string sddl, PathRole role) =>
        new DescriptorCheck(TrustedAccounts.FromUsers().Sids).Find("x", sddl, role, isFolder: true);
}
