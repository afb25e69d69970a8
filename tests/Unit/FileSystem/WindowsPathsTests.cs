using StepCaRenew.FileSystem;
using StepCaRenew.Permissions;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>Whether two paths name one file.</summary>
public sealed class PathNamesTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(@"C:\certs\web.crt", @"c:\CERTS\Web.crt", true)]
    [InlineData(@"C:\certs\web.crt", "C:/certs/web.crt", true)]
    [InlineData(@"C:\certs\web.crt", @"\\?\C:\certs\web.crt", true)]
    [InlineData(@"\\server\share\web.crt", @"\\?\UNC\Server\share\web.crt", true)]
    [InlineData(@"C:\certs\web.crt", @"D:\certs\web.crt", false)]
    [InlineData(@"C:\certs\web.crt", @"C:\certs\web2.crt", false)]
    public void AreSameOnWindows_CaseSlashesAndPrefix_DoNotMatter(string one, string other, bool same) =>
        Assert.Equal(same, PathNames.AreSameOnWindows(one, other));

    [LinuxFact]
    public void AreSame_OnLinux_CaseMatters()
    {
        Assert.True(PathNames.AreSame("/certs/web.crt", "/certs/web.crt"));
        Assert.False(PathNames.AreSame("/certs/web.crt", "/certs/WEB.crt"));
        Assert.False(PathNames.AreSame("/certs/a\\b", "/certs/a/b"));
    }

    [WindowsFact]
    public void Resolve_OneFileByTwoSpellings_IsOneFile()
    {
        var path = folder.Write("web.pem", "both");
        var paths = PairPaths.Resolve(path, path.ToUpperInvariant().Replace('\\', '/'));
        Assert.True(paths.IsOneFile);
        Assert.Equal(3, paths.Leftovers.Length);
        Assert.Single(paths.Folders);
        Assert.False(PairPaths.Resolve(path, folder.At("web.key")).IsOneFile);
    }
}

public sealed class LongPathTests
{
    private static readonly string Long = new('x', 250);

    [Theory]
    [InlineData(@"C:\certs\web.crt")]
    [InlineData(@"\\server\share\web.crt")]
    [InlineData(@"\\?\C:\certs\web.crt ")]
    [InlineData(@"\\.\pipe\x.")]
    public void Of_ShortOrPrefixedPath_StaysAsItIs(string path) => Assert.Equal(path, LongPath.WithPrefix(path));

    [Fact]
    public void Of_LongPath_GetsThePrefix()
    {
        Assert.Equal($@"\\?\C:\{Long}", LongPath.WithPrefix($@"C:\{Long}"));
        Assert.Equal($@"\\?\UNC\server\share\{Long}", LongPath.WithPrefix($@"\\server\share\{Long}"));
        Assert.Equal($@"\\?\C:\{Long}", LongPath.WithPrefix($@"\\?\C:\{Long}"));
        Assert.Equal($@"\\?\UNC\server\share\{Long}", LongPath.WithPrefix($@"\\?\UNC\server\share\{Long}"));
    }

    [Theory]
    [InlineData(@"C:\certs\web.crt ")]
    [InlineData(@"C:\certs\web.crt.")]
    public void Of_NameThatWindowsWouldCut_GetsThePrefix(string path) => Assert.Equal(@"\\?\" + path, LongPath.WithPrefix(path));
}

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

/// <summary>Names of devices in place of files, which Windows takes for the devices themselves.</summary>
public sealed class DeviceNameTests
{
    [WindowsTheory]
    [InlineData("CON")]
    [InlineData("NUL")]
    [InlineData("nul")]
    [InlineData("COM1")]
    [InlineData("LPT9")]
    [InlineData(@"\\.\NUL")]
    [InlineData(@"\\.\pipe\stepcarenew-nobody")]
    public void Read_Device_IsAnErrorWithAnId(string name)
    {
        var error = Expect.Failure(ErrorId.FileUnreadable, () => InputFile.Read(name, "certificate file"));
        Assert.Contains("not a regular file", error.Message, StringComparison.Ordinal);
        Assert.Null(new Volume(new OpenFolders()).Read(name));
        Assert.NotNull(TargetPath.Follow(name));
    }

    [WindowsFact]
    public void IsSpecial_FileByItsDevicePath_IsAFile()
    {
        using var folder = new TestFolder();
        var path = @"\\.\" + folder.Write("web.crt", "x");
        Assert.False(FileKind.IsSpecial(path));
        Assert.Equal("x"u8.ToArray(), InputFile.Read(path, "certificate file").Bytes);
    }
}
