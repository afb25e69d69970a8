using System.Security.Cryptography.X509Certificates;
using System.Text;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>The certificate file keeps its form, its rights and its other content.</summary>
public sealed class CertificateFileFormTests : EngineTest
{
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task Der_StaysDer(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        File.WriteAllBytes(pair.CertificatePath, pair.Leaf.RawData);
        var result = await RenewedAsync(Request(ca, pair));
        Assert.Equal(result.SerialNumber, X509CertificateLoader.LoadCertificate(File.ReadAllBytes(pair.CertificatePath)).SerialNumber);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task CombinedFile_StaysUsable(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        var key = File.ReadAllText(pair.KeyPath);
        var both = Path.Combine(Folder, "both.pem");
        File.WriteAllText(both, key + File.ReadAllText(pair.CertificatePath) + "trailing words\n");
        SetMode(both, 0b110_000_000);

        var result = await RenewedAsync(Request(ca, pair) with { CertificatePath = both, KeyPath = null });

        Assert.Equal(both, result.KeyPath);
        Assert.StartsWith(key, File.ReadAllText(both), StringComparison.Ordinal);
        using var loaded = X509Certificate2.CreateFromPemFile(both);
        Assert.Equal(result.SerialNumber, loaded.SerialNumber);
        Assert.True(loaded.HasPrivateKey);
        Assert.Equal(2, LoadPem(both).Count);
        AssertMode(both, 0b110_000_000);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    public async Task TextAsWindowsWritesIt_IsRead_AndBecomesPlain(string encoding)
    {
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca);
        var text = File.ReadAllText(pair.CertificatePath).ReplaceLineEndings("\r\n");
        File.WriteAllText(pair.CertificatePath, text, Encoding.GetEncoding(encoding));
        Assert.NotEqual((byte)'-', File.ReadAllBytes(pair.CertificatePath)[0]);

        await RenewedAsync(Request(ca, pair));

        var written = File.ReadAllBytes(pair.CertificatePath);
        Assert.Equal((byte)'-', written[0]);
        Assert.DoesNotContain((byte)0, written);
        Assert.DoesNotMatch("(?<!\r)\n", Encoding.ASCII.GetString(written));
        Assert.Equal(2, LoadPem(pair.CertificatePath).Count);
    }

    [Fact]
    public async Task UnixLineEnds_StayUnixLineEnds()
    {
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca);
        await RenewedAsync(Request(ca, pair));
        Assert.DoesNotContain('\r', File.ReadAllText(pair.CertificatePath));
        Assert.EndsWith("-----END CERTIFICATE-----\n", File.ReadAllText(pair.CertificatePath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChainBeforeLeaf_IsWrittenInOrder()
    {
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca);
        File.WriteAllText(pair.CertificatePath, $"{pair.Intermediate.ExportCertificatePem()}\n{pair.Leaf.ExportCertificatePem()}\n");
        var result = await RenewedAsync(Request(ca, pair));
        Assert.Equal([result.SerialNumber!, pair.Intermediate.SerialNumber], LoadPem(pair.CertificatePath).Select(one => one.SerialNumber));
    }

    [Fact]
    public async Task LeafAlone_GetsItsChain()
    {
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca);
        File.WriteAllText(pair.CertificatePath, pair.Leaf.ExportCertificatePem());
        await RenewedAsync(Request(ca, pair));
        Assert.Equal(2, LoadPem(pair.CertificatePath).Count);
    }

    [Fact]
    public async Task ModeAndOwner_AreKept()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Unprivileged.IsRoot, "Only root on Linux gives files away.");
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca);
        Unprivileged.GiveAway(pair.CertificatePath);
        SetMode(pair.CertificatePath, 0b110_100_010);

        await RenewedAsync(Request(ca, pair));

        AssertMode(pair.CertificatePath, 0b110_100_010);
        Assert.Equal((Unprivileged.User, Unprivileged.User), Unprivileged.OwnerOf(pair.CertificatePath));
    }

    [Fact]
    public async Task Link_StaysALink()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca);
        var live = Directory.CreateDirectory(Path.Combine(Folder, "live")).FullName;
        var link = Path.Combine(live, "host.crt");
        File.CreateSymbolicLink(link, Path.Combine("..", Path.GetFileName(pair.CertificatePath)));

        var result = await RenewedAsync(Request(ca, pair) with { CertificatePath = link });

        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.Equal(result.SerialNumber, LoadPem(pair.CertificatePath)[0].SerialNumber);
        Assert.Single(Directory.EnumerateFileSystemEntries(live));
    }

    private static void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)mode);
    }

    private static void AssertMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows())
            Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(path));
    }
}
