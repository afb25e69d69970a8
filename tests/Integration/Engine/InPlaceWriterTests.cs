using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Crash;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Engine;

/// <summary>Another process truncates a file of the pair and writes it in place, as <c>step</c> and <c>cp</c> do: the run waits for it and starts over.</summary>
public sealed class InPlaceWriterTests : EngineTest
{
    public enum Content
    {
        Nothing,
        Half,
    }

    public static MatrixTheoryData<string, Content> Unfinished { get; } = new(["certificate", "key", "both"], Enum.GetValues<Content>());

    [Theory]
    [MemberData(nameof(Unfinished))]
    public async Task AnUnfinishedFile_AtTheRecheck_IsWaitedFor(string files, Content content)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var (ours, theirs) = (await IssueAsync(ca), await TheirsAsync(ca));
        On(Event.AnswerVerified, () => Begin(ours, theirs, files, content));
        On(Event.DeploymentAwaited, () => Finish(ours, theirs));

        var result = await RenewedAsync(Request(ca, ours));

        Assert.Equal(theirs.Leaf.SerialNumber, result.OldSerialNumber);
        Assert.Equal(2, result.Attempts);
        Assert.Equal(1, Log.Count(Event.ChangedDuringRenewal));
        Assert.Equal(File.ReadAllBytes(theirs.KeyPath), File.ReadAllBytes(ours.KeyPath));
    }

    [Theory]
    [MemberData(nameof(Unfinished))]
    public async Task AnUnfinishedFile_AtTheFirstCheck_IsWaitedFor(string files, Content content)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var (ours, theirs) = (await IssueAsync(ca), await TheirsAsync(ca));
        Begin(ours, theirs, files, content);
        On(Event.DeploymentAwaited, () => Finish(ours, theirs));
        // Without -KeyPath: the key's age still counts.
        await RenewedAsync(Request(ca, ours) with { KeyPath = null });
    }

    [Theory]
    [InlineData("")]
    [InlineData("certificate")]
    public async Task OneFileForBoth_AtTheFirstCheck_IsWaitedFor(string begun)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var (certificate, key, path) = (File.ReadAllText(pair.CertificatePath), File.ReadAllText(pair.KeyPath), Path.Combine(Folder, "one.pem"));
        // cat certificate key > one.pem
        File.WriteAllText(path, begun.Length == 0 ? "" : certificate);
        On(Event.DeploymentAwaited, () => File.WriteAllText(path, certificate + key));
        await RenewedAsync(Request(ca, pair) with { CertificatePath = path, KeyPath = null });
    }

    [Fact]
    public async Task TargetOfAnOldLink_ThatWasWrittenJustNow_IsWaitedFor()
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var (link, content) = (Path.Combine(Folder, "link.crt"), File.ReadAllBytes(pair.CertificatePath));
        File.CreateSymbolicLink(link, pair.CertificatePath);
        Tool.Run("touch", "-h", "-d", "yesterday", link);
        File.WriteAllText(pair.CertificatePath, "");
        On(Event.DeploymentAwaited, () => File.WriteAllBytes(pair.CertificatePath, content));
        await RenewedAsync(Request(ca, pair) with { CertificatePath = link });
    }

    // rm and cp, or install(1): the name is gone for a moment.
    [Theory]
    [InlineData("certificate")]
    [InlineData("key")]
    [InlineData("both")]
    public async Task AFileThatIsGoneForAMoment_IsWaitedFor(string files)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var (ours, theirs) = (await IssueAsync(ca), await TheirsAsync(ca));
        On(Event.AnswerVerified, () =>
        {
            foreach (var path in Named(ours, files))
                File.Delete(path);
        });
        On(Event.DeploymentAwaited, () => Finish(ours, theirs));
        Assert.Equal(theirs.Leaf.SerialNumber, (await RenewedAsync(Request(ca, ours) with { KeyPath = null })).OldSerialNumber);
    }

    // This exchange moves the other program's certificate away. Ours stays next to it, because the other key is not a key yet.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnUnfinishedFile_AtTheExchange_DoesNotLeaveOurFilesInTheWay(bool rekey)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var (ours, theirs, exchanges) = (await IssueAsync(ca), await TheirsAsync(ca), 0);
        var volume = new InterruptedVolume(_ =>
        {
            if (exchanges++ > 0)
                return;
            File.Copy(theirs.CertificatePath, ours.CertificatePath, overwrite: true);
            File.WriteAllText(ours.KeyPath, "");
        });
        On(Event.DeploymentAwaited, () => Finish(ours, theirs));
        var engine = new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, Log, _ => volume);

        var (result, error) = await engine.RenewAsync(Request(ca, ours) with { Rekey = rekey }, CancellationToken.None);

        Assert.Null(error);
        AssertResult.Is(result, RenewalStatus.Renewed);
        Assert.Equal(theirs.Leaf.SerialNumber, result.OldSerialNumber);
        AssertNothingStaged();
    }

    [Fact]
    public async Task AnErrorWithAPairThatIsGone_IsNotReported()
    {
        // The CA refuses the old certificate (revoked, say) while somebody deploys another one.
        await using var ca = await DevTestCa.StartAsync(new());
        var (ours, theirs) = (await IssueAsync(ca), await TheirsAsync(ca));
        ca.Server.Faults.Add("/renew", new StatusFault(401));
        On(Event.AskingCa, () => Finish(ours, theirs));
        Assert.Equal(theirs.Leaf.SerialNumber, (await RenewedAsync(Request(ca, ours))).OldSerialNumber);
    }

    [Fact]
    public async Task AnErrorWithAPairThatIsStillThere_IsReported()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        var ours = await IssueAsync(ca);
        ca.Server.Faults.Add("/renew", new StatusFault(401));
        await FailsAsync(ErrorId.RenewalRefused, Request(ca, ours));
        Assert.Equal(1, Log.Count(Event.AskingCa));
    }

    [Fact]
    public async Task AFileThatStaysEmpty_IsReportedAfterTwoSeconds()
    {
        var ca = await CaAsync(CaKind.DevCa);
        var ours = await IssueAsync(ca);
        On(Event.AnswerVerified, () => File.WriteAllText(ours.CertificatePath, ""));
        var start = Clock.GetTimestamp();
        await FailsUnwatchedAsync(ErrorId.FileEmpty, Request(ca, ours));
        Assert.InRange(Clock.GetElapsedTime(start).TotalSeconds, 2, 30);
    }

    // Nobody writes it: a run over many certificates must not lose two seconds for each of them.
    [Theory]
    [InlineData("certificate", Content.Nothing)]
    [InlineData("key", Content.Half)]
    public async Task AFileThatWasSpoiledLongAgo_IsReportedAtOnce(string files, Content content)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var (ours, theirs) = (await IssueAsync(ca), await TheirsAsync(ca));
        Begin(ours, theirs, files, content);
        foreach (var path in new[] { ours.CertificatePath, ours.KeyPath })
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
        await FailsUnwatchedAsync(content == Content.Nothing ? ErrorId.FileEmpty : ErrorId.KeyInvalid, Request(ca, ours));
        Assert.Equal(0, Log.Count(Event.DeploymentAwaited));
    }

    // cp new.crt and then new.key: each of the two may be the one that has just been written.
    [Theory]
    [InlineData("certificate")]
    [InlineData("key")]
    public async Task AMismatch_OfWhichOneFileWasWrittenJustNow_IsWaitedFor(string written)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var (ours, theirs) = (await IssueAsync(ca), await TheirsAsync(ca));
        // Copied without its time.
        File.WriteAllBytes(Named(ours, written).Single(), File.ReadAllBytes(Named(theirs, written).Single()));
        foreach (var path in Named(ours, "both").Except(Named(ours, written)))
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
        On(Event.DeploymentAwaited, () => Finish(ours, theirs));
        Assert.Equal(theirs.Leaf.SerialNumber, (await RenewedAsync(Request(ca, ours))).OldSerialNumber);
    }

    // Two old files of two pairs are not a deployment in progress.
    [Fact]
    public async Task AMismatchOfLongAgo_IsReportedAtOnce()
    {
        var ca = await CaAsync(CaKind.DevCa);
        var (ours, theirs) = (await IssueAsync(ca), await TheirsAsync(ca));
        File.Copy(theirs.KeyPath, ours.KeyPath, overwrite: true);
        foreach (var path in new[] { ours.CertificatePath, ours.KeyPath })
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
        await FailsUnwatchedAsync(ErrorId.KeyMismatch, Request(ca, ours));
        Assert.Equal(0, Log.Count(Event.DeploymentAwaited));
    }

    private async Task<IssuedPair> TheirsAsync(ITestCa ca) => await IssueAsync(ca, into: Directory.CreateDirectory(Path.Combine(Folder, "theirs")).FullName);

    private readonly List<(int Id, Action Action)> once = [];

    // The first time only.
    private void On(int id, Action action)
    {
        once.Add((id, action));
        Log.OnEvent = seen =>
        {
            if (once.FindIndex(one => one.Id == seen) is >= 0 and var index)
            {
                var (_, act) = once[index];
                once.RemoveAt(index);
                act();
            }
        };
    }

    private static IEnumerable<string> Named(IssuedPair pair, string files) =>
        new[] { (Name: "certificate", Path: pair.CertificatePath), (Name: "key", Path: pair.KeyPath) }.Where(one => files == "both" || files == one.Name).Select(one => one.Path);

    private static void Begin(IssuedPair ours, IssuedPair theirs, string files, Content content)
    {
        foreach (var (target, source) in Named(ours, files).Zip(Named(theirs, files)))
        {
            var bytes = File.ReadAllBytes(source);
            File.WriteAllBytes(target, content == Content.Nothing ? [] : bytes[..(bytes.Length / 2)]);
        }
    }

    private static void Finish(IssuedPair ours, IssuedPair theirs)
    {
        File.WriteAllBytes(ours.CertificatePath, File.ReadAllBytes(theirs.CertificatePath));
        File.WriteAllBytes(ours.KeyPath, File.ReadAllBytes(theirs.KeyPath));
    }
}
