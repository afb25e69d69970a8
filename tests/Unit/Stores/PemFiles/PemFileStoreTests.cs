using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>A quick check finds the facts that a load finds, or leaves the pair to the load.</summary>
public sealed class PemFileStoreTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly TestPair pair = TestAuthority.Default.Issue();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("leaf")]
    [InlineData("leaf and intermediate")]
    [InlineData("intermediate and leaf")]
    [InlineData("leaf and key in one file")]
    [InlineData("DER")]
    public async Task TryPeek_Pair_GivesTheFactsOfTheLoad(string form)
    {
        var (certificatePath, keyPath) = Write(form);
        using var store = await OpenAsync(certificatePath);
        using var snapshot = store.TryPeek();
        using var loaded = await store.LoadAsync(wasRead: false, _ => { }, CancellationToken.None);
        Assert.Equal(PairPaths.Resolve(certificatePath, keyPath), store.Paths);
        Assert.Equal(loaded.Facts with { SubjectName = default }, snapshot!.Facts with { SubjectName = default });
        Assert.Equal(loaded.Facts.Subject, snapshot.Facts.Subject);
        Assert.Equal(loaded.Version, snapshot.Version);
        Assert.Equal(loaded.Keyed.Leaf.RawData, snapshot.Keyed.Leaf.RawData);
    }

    [Theory]
    [InlineData("leaf")]
    [InlineData("leaf and key in one file")]
    public async Task Holds_AnyFileChanged_IsFalseUntilItIsAsBefore(string form)
    {
        var (certificatePath, keyPath) = Write(form);
        using var store = await OpenAsync(certificatePath);
        using var snapshot = store.TryPeek();
        Assert.True(store.Holds(snapshot!.Version));
        foreach (var path in new[] { certificatePath, keyPath }.Distinct())
        {
            var before = File.ReadAllBytes(path);
            File.AppendAllText(path, "\n");
            Assert.False(store.Holds(snapshot.Version), path);
            File.Delete(path);
            Assert.False(store.Holds(snapshot.Version), path);
            File.WriteAllBytes(path, before);
            Assert.True(store.Holds(snapshot.Version), path);
        }

        Assert.False(store.Holds(PairVersion.None));
    }

    [Fact]
    public async Task IsCurrent_KeyThatMovesIntoTheCertificateFile_IsFalse()
    {
        var (certificatePath, _) = Write("leaf");
        using var store = await OpenAsync(certificatePath);
        using var snapshot = store.TryPeek();
        Assert.True(store.IsCurrent(snapshot));
        Assert.True(store.IsCurrent(null));
        File.AppendAllText(certificatePath, pair.KeyPem);
        Assert.False(store.IsCurrent(null));
    }

    [Fact]
    public Task TryPeek_KeyOfAnotherCertificate_LeavesItToTheLoad()
    {
        var (certificatePath, keyPath) = Write("leaf");
        File.WriteAllText(keyPath, TestAuthority.Default.Issue().KeyPem);
        return RequireNoSnapshotAsync(certificatePath);
    }

    [Fact]
    public Task TryPeek_TwoLeaves_LeavesItToTheLoad()
    {
        var (certificatePath, _) = Write("leaf");
        File.AppendAllText(certificatePath, TestAuthority.Default.Issue().CertificatePem);
        return RequireNoSnapshotAsync(certificatePath);
    }

    [Fact]
    public Task TryPeek_EncryptedKeyWithoutItsPassword_LeavesItToTheLoad()
    {
        var (certificatePath, keyPath) = Write("leaf");
        File.WriteAllText(keyPath, TestKeys.Text("p256-pbes2-aes256.pem"));
        return RequireNoSnapshotAsync(certificatePath);
    }

    // A program that copies over a file empties it first.
    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB")]
    public async Task Open_CertificateThatAnotherProcessIsWriting_FindsItsKey(string content)
    {
        var (certificatePath, keyPath) = Write("leaf");
        File.WriteAllText(certificatePath, content);
        using var store = await OpenAsync(certificatePath);
        Assert.Equal((PairPaths.Resolve(certificatePath, keyPath), null), (store.Paths, store.TryPeek()));
    }

    [Fact]
    public async Task Recover_LostCertificate_IsPutBackFromItsStagedFile()
    {
        var (certificatePath, keyPath) = Write("leaf");
        var expected = File.ReadAllBytes(certificatePath);
        var paths = PairPaths.Resolve(certificatePath, keyPath);
        File.Move(certificatePath, paths.StagedCertificate);

        using var store = await OpenAsync(certificatePath);
        Assert.Equal((paths, null, true), (store.Paths, store.TryPeek(), store.IsInterrupted));
        Assert.True(await store.RecoverAsync());
        Assert.Equal(expected, File.ReadAllBytes(certificatePath));
        Assert.False(File.Exists(paths.StagedCertificate));
    }

    [Fact]
    public Task Open_NoCertificateAndNoKey_ReportsThatItIsNotACertificate() =>
        Expect.FailureAsync(ErrorId.CertificateInvalid, () => OpenAsync(folder.Write("a.crt", "hello")));

    [Fact]
    public async Task Open_CertificateWithoutAKey_ReportsTheNamesThatWereTried()
    {
        var path = folder.Write("a.crt", pair.CertificatePem);
        Assert.Contains("a.key", (await Expect.FailureAsync(ErrorId.KeyNotFound, () => OpenAsync(path))).Message, StringComparison.Ordinal);
    }

    private static async Task RequireNoSnapshotAsync(string certificatePath)
    {
        using var store = await OpenAsync(certificatePath);
        Assert.Null(store.TryPeek());
    }

    private static async Task<PemFileStore> OpenAsync(string certificatePath) => (PemFileStore)await PemFileStore.OpenAsync(
        new PairLocation(certificatePath, null), wasRead: false, new StoreServices(new JumpingClock(), NullLogger.Instance), CancellationToken.None);

    private (string CertificatePath, string KeyPath) Write(string form)
    {
        var intermediate = TestAuthority.Default.Intermediate.ExportCertificatePem();
        var certificatePath = form switch
        {
            "leaf and intermediate" => folder.Write("a.crt", pair.CertificatePem + "\n" + intermediate),
            "intermediate and leaf" => folder.Write("a.crt", intermediate + "\n" + pair.CertificatePem),
            "leaf and key in one file" => folder.Write("a.crt", pair.CertificatePem + "\n" + pair.KeyPem),
            "DER" => folder.Write("a.crt", pair.Leaf.RawData),
            _ => folder.Write("a.crt", pair.CertificatePem),
        };
        return form == "leaf and key in one file" ? (certificatePath, certificatePath) : (certificatePath, folder.Write("a.key", pair.KeyPem));
    }
}
