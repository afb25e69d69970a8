using StepCaRenew.FileSystem;
using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>Roots of volumes and shares, which can be neither deleted nor renamed.</summary>
public sealed class VolumeRootTests
{
    // What Windows formats a volume for data with: all users who are logged on may modify.
    private const string Data = "O:BAG:SYD:AI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1301bf;;;AU)(A;OICI;0x1200a9;;;BU)";

    [Theory]
    [InlineData(@"C:\", true)]
    [InlineData("d:/", true)]
    [InlineData(@"\\?\C:\", true)]
    [InlineData(@"\\server\share", true)]
    [InlineData(@"\\server\share\", true)]
    [InlineData(@"\\?\UNC\server\share\", true)]
    [InlineData(@"\\?\Volume{0b9f1c2e-0000-0000-0000-100000000000}\", true)]
    [InlineData(@"C:\certs", false)]
    [InlineData(@"\\server\share\certs", false)]
    [InlineData(@"\\?\UNC\server\share\certs", false)]
    [InlineData(@"\\?\C:\certs", false)]
    [InlineData("/", false)]
    [InlineData("x", false)]
    public void Is_OfPaths(string path, bool isRoot) => Assert.Equal(isRoot, VolumeRoot.Is(path));

    [Fact]
    public void Root_OthersMayModify_IsSafeAboveAFolder_ButAFolderIsNot()
    {
        Assert.Empty(Find(@"D:\", Data, PathRole.Ancestor));
        Assert.NotEmpty(Find(@"D:\certs", Data, PathRole.Ancestor));
    }

    // With this right they rename what is in the root; with these they give it to themselves.
    [Theory]
    [InlineData("DT", "delete what is in it")]
    [InlineData("WD", "change permissions")]
    [InlineData("WO", "take ownership")]
    [InlineData("GA", "full control")]
    public void Root_OthersMayDoMore_IsRefused_WithoutACommandThatChangesTheRoot(string right, string name)
    {
        var finding = Assert.Single(Find(@"D:\", $"O:BAD:(A;;{right};;;BU)", PathRole.Ancestor));
        Assert.Contains(name, finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(@"use a volume that only administrators can change instead of D:\", finding.Command);
    }

    [Theory]
    [InlineData("O:S-1-5-21-9-9-9-1002D:(A;;FA;;;BA)")]
    [InlineData(Data)]
    [InlineData("O:BA")]
    public void Root_HoldsThePairItself_IsRefused_WithoutACommandThatChangesTheRoot(string sddl)
    {
        var findings = Find(@"C:\", sddl, PathRole.End);
        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.Equal(@"use a folder of its own, which only administrators can change, instead of C:\", finding.Command));
        Assert.DoesNotContain(findings, finding => finding.Sentence.Contains("delete", StringComparison.Ordinal));
    }

    private static IReadOnlyList<SafetyFinding> Find(string path, string sddl, PathRole role) =>
        new DescriptorCheck(TrustedAccounts.FromUsers().Sids).Find(path, sddl, role, isFolder: true);
}
