using StepCaRenew.DevCa.Faults;
using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Policy;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Faults;

/// <summary>A second name of a file (for a chroot, a container) keeps the old certificate after a replacement: the run warns and reports it.</summary>
public sealed class HardLinkTests : FaultTest
{
    [Fact]
    public async Task OfTheCertificate_IsReported_Once()
    {
        var (ca, pair) = await PairAsync();
        var (other, before) = (Link(pair.CertificatePath, "other.crt"), File.ReadAllBytes(pair.CertificatePath));

        var result = await RenewedAsync(Request(ca, pair));

        Assert.EndsWith($" '{pair.CertificatePath}' has another hard link, which keeps the old certificate.", result.Message, StringComparison.Ordinal);
        Assert.Contains("Make each of them a symbolic link", Warning(), StringComparison.Ordinal);
        Assert.Contains(pair.CertificatePath, Warning(), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(other));
        // The new file has no other name.
        Assert.DoesNotContain("hard link", (await RenewedAsync(Request(ca, pair))).Message, StringComparison.Ordinal);
        Assert.Equal(1, Log.Count(Event.HardLinked));
    }

    [Fact]
    public async Task ThroughASymbolicLink_IsReported()
    {
        var (ca, pair) = await PairAsync();
        Link(pair.CertificatePath, "other.crt");
        Link(pair.CertificatePath, "third.crt");
        var symbolic = File.CreateSymbolicLink(Path.Combine(Folder, "symbolic.crt"), pair.CertificatePath).FullName;
        Assert.Contains("has 2 other hard links, which keep the old certificate.", (await RenewedAsync(Request(ca, pair) with { CertificatePath = symbolic })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfTheKey_IsReported_OnlyIfTheKeyIsReplaced()
    {
        var (ca, pair) = await PairAsync();
        Link(pair.KeyPath, "other.key");
        Assert.DoesNotContain("hard link", (await RenewedAsync(Request(ca, pair))).Message, StringComparison.Ordinal);
        Assert.Equal(0, Log.Count(Event.HardLinked));
        var rekeyed = await RekeyedAsync(Request(ca, pair));
        Assert.Contains($"'{pair.KeyPath}' has another hard link, which keeps the old key.", rekeyed.Message, StringComparison.Ordinal);
        Assert.Equal(1, Log.Count(Event.HardLinked));
    }

    [Fact]
    public async Task OfOneFileForBoth_IsReportedOnce()
    {
        var (ca, pair) = await PairAsync();
        var one = Path.Combine(Folder, "one.pem");
        File.WriteAllText(one, File.ReadAllText(pair.CertificatePath) + File.ReadAllText(pair.KeyPath));
        Link(one, "two.pem");
        var result = await RekeyedAsync(Request(ca, pair) with { CertificatePath = one, KeyPath = one });
        Assert.Contains("has another hard link, which keeps the old certificate and key.", result.Message, StringComparison.Ordinal);
        Assert.Equal(1, Log.Count(Event.HardLinked));
    }

    [Fact]
    public async Task IsReportedBeforehand_WithWhatIf()
    {
        var (ca, pair) = await PairAsync();
        Link(pair.CertificatePath, "other.crt");
        var (result, _) = await RunAsync(Request(ca, pair) with { ApproveAsync = (_, _) => Task.FromResult(false) });
        Assert.Equal(RenewalStatus.WouldRenew, result.Status);
        Assert.Contains("has another hard link", result.Message, StringComparison.Ordinal);
        Assert.Equal(1, Log.Count(Event.HardLinked));
    }

    [Fact]
    public async Task IsNotReported_IfNothingIsReplaced()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        Tool.RequireLinux();
        var pair = await IssueAsync(ca);
        Link(pair.CertificatePath, "other.crt");
        Assert.Equal(RenewalStatus.NotDue, (await RunAsync(Request(ca, pair) with { Rule = RenewalRule.Default })).Result.Status);
        ca.Server.Faults.Add("/renew", new StatusFault(401));
        Assert.DoesNotContain("hard link", (await IntactAsync(ErrorId.RenewalRefused, Request(ca, pair))).Message, StringComparison.Ordinal);
        Assert.Equal(0, Log.Count(Event.HardLinked));
    }

    // A file system that cannot exchange two files gives the old file a second name for a moment; a crash leaves it.
    [Fact]
    public async Task OurOwnName_DoesNotCount()
    {
        var (_, pair) = await PairAsync();
        var paths = PairPaths.Resolve(pair.CertificatePath, pair.KeyPath);
        using var folders = new OpenFolders();
        Assert.True(new Volume(folders).TryLink(paths.Certificate, paths.OldCertificate));
        Assert.Empty(HardLinks.Find(folders, paths, withKey: true));
        Link(pair.CertificatePath, "other.crt");
        Assert.Equal(1, Assert.Single(HardLinks.Find(folders, paths, withKey: true)).Others);
    }

    private async Task<(ITestCa Ca, IssuedPair Pair)> PairAsync()
    {
        Tool.RequireLinux();
        var ca = await CaAsync(CaKind.DevCa);
        return (ca, await IssueAsync(ca));
    }

    private string Warning() => Assert.Single(Log.Events, one => one.Id == Event.HardLinked).Message;

    private string Link(string path, string name)
    {
        var other = Path.Combine(Folder, name);
        Tool.Run("ln", path, other);
        return other;
    }
}
