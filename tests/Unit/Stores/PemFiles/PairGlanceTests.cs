using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>A glance says what a load says, or leaves it to the load.</summary>
public sealed class PairGlanceTests : IDisposable
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
    public void Take_Pair_GivesTheFactsOfTheLoad(string form)
    {
        var (certificatePath, keyPath) = Write(form);
        var request = new RenewalRequest { CertificatePath = certificatePath };
        var glance = PairGlance.Take(request);
        using var loaded = CertificatePair.Load(certificatePath, null, null);
        var expected = PairFacts.Of(loaded);
        Assert.Equal(PairPaths.Resolve(certificatePath, keyPath), glance.Paths);
        Assert.Equal(expected with { SubjectName = default }, glance.Facts! with { SubjectName = default });
        Assert.Equal(expected.Subject, glance.Facts!.Subject);
    }

    [Fact]
    public void Take_KeyOfAnotherCertificate_LeavesItToTheLoad()
    {
        var (certificatePath, keyPath) = Write("leaf");
        File.WriteAllText(keyPath, TestAuthority.Default.Issue().KeyPem);
        DemandLeft(certificatePath);
    }

    [Fact]
    public void Take_TwoLeaves_LeavesItToTheLoad()
    {
        var (certificatePath, _) = Write("leaf");
        File.AppendAllText(certificatePath, TestAuthority.Default.Issue().CertificatePem);
        DemandLeft(certificatePath);
    }

    [Fact]
    public void Take_EncryptedKeyWithoutItsPassword_LeavesItToTheLoad()
    {
        var (certificatePath, keyPath) = Write("leaf");
        File.WriteAllText(keyPath, TestKeys.Text("p256-pbes2-aes256.pem"));
        DemandLeft(certificatePath);
    }

    // Who copies over a file empties it first.
    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB")]
    public void Take_CertificateThatSomebodyIsWriting_KnowsThePlaceOfItsKey(string content)
    {
        var (certificatePath, keyPath) = Write("leaf");
        File.WriteAllText(certificatePath, content);
        var glance = PairGlance.Take(new RenewalRequest { CertificatePath = certificatePath });
        Assert.Equal((PairPaths.Resolve(certificatePath, keyPath), null), (glance.Paths, glance.Facts));
    }

    [Fact]
    public async Task Take_LostCertificate_IsRecoveredFromWhatIsNextToIt()
    {
        var (certificatePath, keyPath) = Write("leaf");
        var expected = File.ReadAllBytes(certificatePath);
        var paths = PairPaths.Resolve(certificatePath, keyPath);
        File.Move(certificatePath, paths.StagedCertificate);

        Assert.Equal((paths, null), (PairGlance.Take(new RenewalRequest { CertificatePath = certificatePath }).Paths, default(PairFacts)));
        Assert.True(await new PairRecovery(new Volume(new OpenFolders()), new JumpingClock(), NullLogger.Instance).RunAsync(paths, null));
        Assert.Equal(expected, File.ReadAllBytes(certificatePath));
        Assert.False(File.Exists(paths.StagedCertificate));
    }

    [Fact]
    public void Take_NoCertificateAndNoKey_SaysThatItIsNoCertificate() =>
        Expect.Failure(ErrorId.CertificateInvalid, () => PairGlance.Take(new RenewalRequest { CertificatePath = folder.Write("a.crt", "hello") }));

    [Fact]
    public void Take_CertificateWithoutAKey_SaysWhereItWasLookedFor()
    {
        var path = folder.Write("a.crt", pair.CertificatePem);
        Assert.Contains("a.key", Expect.Failure(ErrorId.KeyNotFound, () => PairGlance.Take(new RenewalRequest { CertificatePath = path })).Message, StringComparison.Ordinal);
    }

    private static void DemandLeft(string certificatePath) => Assert.Null(PairGlance.Take(new RenewalRequest { CertificatePath = certificatePath }).Facts);

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
