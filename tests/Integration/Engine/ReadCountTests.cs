using System.Runtime.Versioning;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Engine;

/// <summary>A run reads the pair no more often than its steps need.</summary>
[SupportedOSPlatform("linux")]
public sealed class ReadCountTests : EngineTest
{
    // The check; under the lock; before the commit; after the exchange of both files; before the old files are dropped.
    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 4)]
    public async Task Renewal_ReadsTheCertificate_OnceForEachMomentThatCounts(bool rekey, int reads) =>
        await ReadsAsync(reads, RenewalStatus.Renewed, rekey, RenewalRule.Force, nameKey: true);

    [Fact]
    public async Task Renewal_KeyFoundByConvention_ReadsTheCertificateNoMoreOften() =>
        await ReadsAsync(5, RenewalStatus.Renewed, rekey: true, RenewalRule.Force, nameKey: false);

    [Fact]
    public async Task Check_OfACertificateThatIsNotDue_ReadsItOnce() =>
        await ReadsAsync(1, RenewalStatus.NotDue, rekey: false, RenewalRule.Default, nameKey: false);

    // To find a certificate that shares the key: otherwise a call over a folder would read each file once for each other one.
    [Fact]
    public async Task Rekey_OfManyCertificatesInOneFolder_ReadsTheOtherFilesOnce()
    {
        Tool.RequireLinux();
        var ca = await CaAsync(CaKind.DevCa);
        var (pair, other) = (await IssueAsync(ca), await IssueAsync(ca));
        using var watch = new ReadWatch(Folder);
        using var engine = new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, Log);
        for (var run = 0; run < 3; run++)
            AssertResult.Is((await engine.RenewAsync(Request(ca, pair) with { Rekey = true }, CancellationToken.None)).Result, RenewalStatus.Renewed);
        Assert.Equal(1, watch.CountReads(Path.GetFileName(other.CertificatePath)));
        Assert.Equal(15, watch.CountReads(Path.GetFileName(pair.CertificatePath)));
    }

    private async Task ReadsAsync(int expected, string status, bool rekey, RenewalRule rule, bool nameKey)
    {
        Tool.RequireLinux();
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var request = Request(ca, pair) with { Rekey = rekey, Rule = rule };
        using var watch = new ReadWatch(Folder);
        var (result, error) = await RunAsync(nameKey ? request : request with { KeyPath = null });
        Assert.Null(error);
        AssertResult.Is(result, status);
        Assert.Equal(expected, watch.CountReads(Path.GetFileName(pair.CertificatePath)));
    }
}
