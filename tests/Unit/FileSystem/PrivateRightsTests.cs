using StepCaRenew.FileSystem;
using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>The access lists of private files, from text to text.</summary>
public sealed class PrivateRightsTests
{
    private const string Service = "S-1-5-21-1-2-3-1105";
    private const string Writer = "S-1-5-21-1-2-3-1001";
    private const string ProgramData = "O:SYG:SYD:PAI(A;OICIIO;FA;;;CO)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;CI;DCLCRPCR;;;BU)";
    private const string OwnFolder = "O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FRFX;;;BU)";

    [Theory]
    [InlineData(ProgramData)]
    [InlineData(OwnFolder)]
    [InlineData("O:BAD:(A;OICI;FA;;;WD)(A;OICI;0x1301bf;;;AU)(A;OICI;FR;;;IU)(A;OICI;FR;;;S-1-5-21-1-2-3-513)(A;OICI;FR;;;DU)(A;OICI;FR;;;S-1-15-2-1)")]
    [InlineData("O:BAD:NO_ACCESS_CONTROL")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public void ForNewFile_FolderThatNamesNobody_IsForSystemAndAdministrators(string? folder)
    {
        Assert.Equal("D:P(A;;FA;;;S-1-5-18)(A;;FA;;;S-1-5-32-544)", PrivateRights.ForNewFile(folder, writer: null));
        Assert.Equal($"D:P(A;;FA;;;S-1-5-18)(A;;FA;;;S-1-5-32-544)(A;;FA;;;{Writer})", PrivateRights.ForNewFile(folder, Writer));
    }

    [Fact]
    public void ForNewFile_AccountOfTheRun_KeepsItsRightsToTheFolder() => Assert.Equal(
        $"D:P(A;;FA;;;S-1-5-18)(A;;FA;;;S-1-5-32-544)(A;;0x1301bf;;;{Service})",
        PrivateRights.ForNewFile($"{OwnFolder}(A;OICI;0x1301bf;;;{Service})", writer: null));

    [Fact]
    public void ForNewFile_EntriesForFoldersAlone_AreLeftOut() =>
        Assert.Equal("D:P(A;;FA;;;S-1-5-18)(A;;FA;;;S-1-5-32-544)", PrivateRights.ForNewFile($"D:(A;CI;FA;;;{Service})(A;;FA;;;{Service})", writer: null));

    [Fact]
    public void ForNewFile_DenyingEntriesOfTheFolder_AreKept_AndComeFirst() => Assert.Equal(
        $"D:P(D;;0x1f01ff;;;S-1-5-32-546)(A;;FA;;;S-1-5-18)(A;;FA;;;S-1-5-32-544)(A;;0x120089;;;{Service})",
        PrivateRights.ForNewFile($"D:(A;OICI;FR;;;{Service})(D;OICI;FA;;;BG)", writer: null));

    [Fact]
    public void ForNewFile_FolderOfAUser_NamesTheUserOnce() => Assert.Equal(
        $"D:P(A;;FA;;;S-1-5-18)(A;;FA;;;S-1-5-32-544)(A;;FA;;;{Writer})",
        PrivateRights.ForNewFile($"O:{Writer}D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;{Writer})", Writer));

    [Theory]
    [InlineData("D:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)", true)]
    [InlineData("D:AI(A;ID;FR;;;WD)", true)]
    [InlineData("D:NO_ACCESS_CONTROL", true)]
    [InlineData("O:BA", true)]
    [InlineData("D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;S-1-5-21-1-2-3-1105)", false)]
    // An administrator added this to the file.
    [InlineData("D:AI(A;;FR;;;BU)(A;ID;FA;;;SY)", false)]
    [InlineData("D:P(A;;FA;;;SY)(A;;FA;;;BA)", false)]
    [InlineData("D:AI(D;ID;FA;;;BU)(A;OIIOID;FA;;;WD)", false)]
    public void IsTooOpen_InheritedEntries_Decide(string file, bool isTooOpen) => Assert.Equal(isTooOpen, PrivateRights.IsTooOpen(file));

    [Fact]
    public void ForExistingFile_LosesInheritedEntriesForAll_AndNoOthers()
    {
        var tightened = PrivateRights.ForExistingFile($"O:BAD:AI(D;ID;FW;;;BG)(A;;FR;;;AU)(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1301bf;;;{Service})(A;ID;0x1200a9;;;BU)", writer: null);
        Assert.Equal($"D:P(D;;0x120116;;;S-1-5-32-546)(A;;FA;;;S-1-5-18)(A;;FA;;;S-1-5-32-544)(A;;0x120089;;;S-1-5-11)(A;;0x1301bf;;;{Service})", tightened);
        Assert.False(PrivateRights.IsTooOpen(tightened));
    }

    // The checks of a run, which refuse a definition that others can change, accept the file.
    [Theory]
    [InlineData(ProgramData)]
    [InlineData(OwnFolder)]
    public void ForNewFile_IsSafeForARunOfTheMachine(string folder) =>
        Assert.Empty(new DescriptorCheck(TrustedAccounts.FromUsers().Sids).Find("x", "O:BA" + PrivateRights.ForNewFile(folder, writer: null), PathRole.End, isFolder: false));

    [Theory]
    [InlineData("S-1-5-21-1-2-3-1001", true)]
    [InlineData("S-1-5-21-1-2-3-500", true)]
    [InlineData("S-1-12-1-1-2-3-4", true)] // Entra ID.
    [InlineData("S-1-5-19", true)]
    [InlineData("S-1-5-20", true)]
    [InlineData("S-1-5-80-1-2-3-4-5", true)]
    [InlineData("S-1-5-21-1-2-3-513", false)]
    [InlineData("S-1-5-21-1-2-3-", false)]
    [InlineData("S-1-5-11", false)]
    [InlineData("S-1-1-0", false)]
    [InlineData("S-1-5-32-545", false)]
    [InlineData("DU", false)]
    public void IsAccount_Sids(string sid, bool isAccount) => Assert.Equal(isAccount, PrivateRights.IsAccount(sid));
}
