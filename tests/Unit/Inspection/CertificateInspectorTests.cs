using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Certificates;
using StepCaRenew.Inspection;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Inspection;

public sealed class CertificateInspectorTests
{
    private static readonly TestPair Pair = TestAuthority.Default.Issue();
    private static readonly DateTimeOffset Start = new LeafSpec().NotBefore;

    [Theory]
    [InlineData(-1, CertificateStatus.NotYetValid)]
    [InlineData(1, CertificateStatus.Valid)]
    [InlineData(17, CertificateStatus.Due)]
    [InlineData(25, CertificateStatus.Expired)]
    public void Inspect_AtAnHourOfTheLifetime_GivesTheStatus(int hours, string expected)
    {
        using var folder = new TestFolder();
        var (path, _) = Pair.WriteTo(folder, "a");
        using var file = CertificateFile.Load(path);
        var description = new CertificateInspector(new FakeTimeProvider(Start.AddHours(hours))).Inspect(file, null, null);
        Assert.Equal(expected, description.Status);
        Assert.Equal(KeyStatus.Matches, description.KeyStatus);
        Assert.Equal(86_400, description.LifetimeSeconds);
        Assert.Equal((24 - hours) * 3600, description.RemainingSeconds);
    }

    [Theory]
    [InlineData("p256.pem", KeyStatus.Mismatch, ErrorId.KeyMismatch)]
    [InlineData("p256-pbes2-aes256.pem", KeyStatus.Unreadable, ErrorId.KeyPasswordRequired)]
    [InlineData("p256-public.pem", KeyStatus.Unreadable, ErrorId.KeyInvalid)]
    [InlineData("none.pem", KeyStatus.Missing, ErrorId.FileNotFound)]
    public void Inspect_ProblemWithTheKey_IsPartOfTheDescription(string key, string status, string errorId)
    {
        using var folder = new TestFolder();
        using var file = CertificateFile.Load(folder.Write("a.crt", Pair.CertificatePem));
        var description = new CertificateInspector(new FakeTimeProvider(Start)).Inspect(file, TestKeys.Path(key), null);
        Assert.Equal(status, description.KeyStatus);
        Assert.Equal(errorId, description.KeyErrorId);
        Assert.NotEmpty(description.KeyMessage!);
    }

    [Fact]
    public void IsLeaf_FilesOfAllKinds_IsTrueOnlyForLeaves()
    {
        using var folder = new TestFolder();
        Pair.WriteTo(folder, "leaf");
        folder.Write("root.crt", TestAuthority.Default.Root.ExportCertificatePem());
        folder.Write("key.pem", Pair.KeyPem);
        folder.Write("dh.pem", TestKeys.Text("dhparam.pem"));
        folder.Write("notes.txt", "x");
        folder.Write(".leaf.crt.0123.stepcarenew", Pair.CertificatePem);
        folder.Write(".hidden.crt", Pair.CertificatePem);
        var search = new CertificateSearch(recurse: false, followLinks: false, _ => { });
        search.AddFolder(folder.Path);
        Assert.Equal(["dh.pem", "key.pem", "leaf.crt", "root.crt"], search.Files.Select(Path.GetFileName));
        Assert.Equal([folder.At("leaf.crt")], search.Files.Where(CertificateFolder.IsLeaf));
    }

    [Fact]
    public void IsLeaf_DamagedCertificate_IsAnError()
    {
        using var folder = new TestFolder();
        Expect.Failure(ErrorId.CertificateInvalid, () => CertificateFolder.IsLeaf(folder.Write("a.crt", Pair.CertificatePem[..200])));
    }
}
