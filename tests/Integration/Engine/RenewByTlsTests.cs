using System.Security.Cryptography.X509Certificates;
using System.Text;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Contract;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Engine;

/// <summary>The way that most renewals go: the certificate shows itself in the handshake.</summary>
public sealed class RenewByTlsTests : EngineTest
{
    private const string Password = "pass word ü";

    public static MatrixTheoryData<CaKind, string> Keys { get; } =
        new([CaKind.DevCa, CaKind.StepCa], ["EC-P256", "EC-P384", "EC-P521", "RSA-2048", "RSA-3072", "RSA-4096"]);

    public static MatrixTheoryData<string, string> KeyFiles { get; } = new(
        ["EC-P256", "RSA-2048"],
        ["PKCS#8", "PKCS#8 DER", "encrypted PKCS#8", "encrypted PKCS#8 DER", "traditional", "traditional DER", "traditional encrypted", "UTF-16"]);

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task EveryKey_IsRenewed(CaKind kind, string key)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca, key: key);
        var keyBytes = File.ReadAllBytes(pair.KeyPath);

        var result = await RenewedAsync(Request(ca, pair));

        Assert.Equal(keyBytes, File.ReadAllBytes(pair.KeyPath));
        var chain = LoadPem(pair.CertificatePath);
        Assert.Equal(2, chain.Count);
        LeafAssert.IsRenewed(pair.Leaf, chain[0], chain[1]);
        Assert.Equal(pair.Intermediate, chain[1]);
        Assert.Equal(pair.Leaf.SerialNumber, result.OldSerialNumber);
    }

    [Theory]
    [MemberData(nameof(KeyFiles))]
    public async Task EveryKeyFile_IsReadAndLeftAsItIs(string key, string form)
    {
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca, key: key);
        using (var loaded = pair.LoadKey())
            File.WriteAllBytes(pair.KeyPath, ExportKey(loaded, form, Password));
        var keyBytes = File.ReadAllBytes(pair.KeyPath);
        using var password = new KeyPassword(Password);

        await RenewedAsync(Request(ca, pair) with { KeyPassword = password });

        Assert.Equal(keyBytes, File.ReadAllBytes(pair.KeyPath));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task Result_TellsAllThereIsToKnow(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca, age: TimeSpan.FromHours(20));

        var result = await RenewedAsync(Request(ca, pair) with { Rule = RenewalRule.Default, KeyPath = null });

        var leaf = LoadPem(pair.CertificatePath)[0];
        Assert.Equal(
            (pair.CertificatePath, pair.KeyPath, pair.Leaf.SerialNumber, leaf.SerialNumber, leaf.NotAfter, 1),
            (result.CertificatePath, result.KeyPath, result.OldSerialNumber, result.SerialNumber, result.NotAfter, result.Attempts));
        Assert.Equal(DateTimeKind.Local, result.NextRenewal!.Value.Kind);
        Assert.InRange(result.NextRenewal.Value, leaf.NotBefore + (leaf.NotAfter - leaf.NotBefore) * 0.56, leaf.NotBefore + (leaf.NotAfter - leaf.NotBefore) * 0.67);
        Assert.InRange(result.DurationMs, 1, 30_000);
        Assert.Equal($"Renewed; valid until {leaf.NotAfter:yyyy-MM-dd HH:mm:ss}.", result.Message);
        Assert.Equal([Event.Loaded, Event.Due, Event.AskingCa, Event.AnswerVerified, Event.Renewed], Log.Ids);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task RightAfterARenewal_ItIsNotDue(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca, age: TimeSpan.FromHours(20));
        var request = Request(ca, pair) with { Rule = RenewalRule.Default };
        await RenewedAsync(request);
        var before = FolderSnapshot.Take(Folder);

        var (result, error) = await RunAsync(request);

        AssertResult.Is(result, RenewalStatus.NotDue, changed: false, attempts: 0);
        Assert.Null(error);
        Assert.Equal(Event.NotDue, Log.Ids.Last());
        before.AssertUntouched();
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task TenTimesInARow_NothingGoesStale(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        var serials = new HashSet<string> { pair.Leaf.SerialNumber };
        for (var i = 0; i < 10; i++)
            Assert.True(serials.Add((await RenewedAsync(Request(ca, pair))).SerialNumber!));
    }

    [Fact]
    public async Task ManyAtOnce_AreAllRenewed()
    {
        var ca = await CaAsync(CaKind.StepCa);
        var pairs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => IssueAsync(ca)));
        var runs = await Task.WhenAll(pairs.Select(pair => RunAsync(Request(ca, pair))));
        Assert.All(runs, run => AssertResult.Is(run.Result, RenewalStatus.Renewed, attempts: 1));
        AssertNothingStaged();
    }

    [Fact]
    public async Task RefusedApproval_LeavesAllAsItIs()
    {
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca);
        var before = FolderSnapshot.Take(Folder);
        RenewalPlan? plan = null;

        var (result, error) = await RunAsync(Request(ca, pair) with { ApproveAsync = (asked, _) => Task.FromResult((plan = asked) is null) });

        AssertResult.Is(result, RenewalStatus.WouldRenew, changed: false, attempts: 0);
        Assert.Null(error);
        Assert.Equal(pair.CertificatePath, plan!.CertificatePath);
        Assert.Contains(pair.Leaf.Subject, plan.Action, StringComparison.Ordinal);
        before.AssertUntouched();
    }

    [Fact]
    public async Task SubjectInAnotherStringType_IsTheSameSubject()
    {
        // A certificate whose name is a UTF8String, as another CA software wrote it; Go answers with a PrintableString.
        var ca = await CaAsync(CaKind.StepCa);
        var pair = await IssueAsync(ca, age: TimeSpan.FromHours(1));
        ReissueWithUtf8Subject(ca, pair);
        await RenewedAsync(Request(ca, pair));
    }

    private static void ReissueWithUtf8Subject(ITestCa ca, IssuedPair pair)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.Add("2.5.4.3", pair.Leaf.GetNameInfo(X509NameType.SimpleName, false), System.Formats.Asn1.UniversalTagNumber.UTF8String);
        using var key = System.Security.Cryptography.ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(ca.StepPath, "secrets", "intermediate_plain_key")));
        var request = new CertificateRequest(subject.Build(), pair.Leaf.PublicKey, System.Security.Cryptography.HashAlgorithmName.SHA256);
        foreach (var extension in pair.Leaf.Extensions)
            request.CertificateExtensions.Add(extension);
        var leaf = request.Create(
            pair.Intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), pair.Leaf.NotBefore, pair.Leaf.NotAfter, Guid.NewGuid().ToByteArray());
        Assert.NotEqual(pair.Leaf.SubjectName.RawData, leaf.SubjectName.RawData);
        File.WriteAllText(pair.CertificatePath, $"{leaf.ExportCertificatePem()}\n{pair.Intermediate.ExportCertificatePem()}\n", Encoding.ASCII);
    }
}
