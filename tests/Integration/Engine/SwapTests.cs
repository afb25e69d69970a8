using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Policy;

namespace StepCaRenew.Integration.Engine;

/// <summary>Another process replaces the files while the CA is asked: its files stay.</summary>
public sealed class SwapTests : EngineTest
{
    [Fact]
    public async Task WhileTheCaThinks_TheirPairStands_AndIsNotDue()
    {
        await using var ca = await DevTestCa.StartAsync(new());
        var (ours, theirs) = (await IssueAsync(ca, age: TimeSpan.FromHours(20)), await TheirsAsync(ca));
        ca.Server.Faults.Add("/renew", new DelayFault(TimeSpan.FromSeconds(1)));
        var request = Request(ca, ours) with { Rule = RenewalRule.Default };

        var run = RunAsync(request);
        await SeenAsync(ca);
        Replace(ours, theirs);
        var (result, error) = await run;

        AssertResult.Is(result, RenewalStatus.NotDue, changed: false, attempts: 1);
        Assert.Null(error);
        Assert.Equal(theirs.Leaf.SerialNumber, result.SerialNumber);
        Assert.Equal(1, Log.Count(Event.ChangedDuringRenewal));
        AssertTheirs(ours, theirs);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task WithForce_TheirPairIsRenewed(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var (ours, theirs) = (await IssueAsync(ca), await TheirsAsync(ca, "EC-P521"));
        OnAnswer(1, () => Replace(ours, theirs));

        var result = await RenewedAsync(Request(ca, ours));

        Assert.Equal(theirs.Leaf.SerialNumber, result.OldSerialNumber);
        Assert.Equal(2, result.Attempts);
        Assert.Equal(File.ReadAllBytes(theirs.KeyPath), File.ReadAllBytes(ours.KeyPath));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task OnlyTheCertificate_OfTheSameKey_IsNoticed(CaKind kind)
    {
        // Another renewal was faster.
        var ca = await CaAsync(kind);
        var ours = await IssueAsync(ca, age: TimeSpan.FromHours(20));
        var before = File.ReadAllBytes(ours.CertificatePath);
        await RenewedAsync(Request(ca, ours));
        var faster = File.ReadAllBytes(ours.CertificatePath);
        File.WriteAllBytes(ours.CertificatePath, before);
        OnAnswer(2, () => File.WriteAllBytes(ours.CertificatePath, faster));

        var (result, _) = await RunAsync(Request(ca, ours) with { Rule = RenewalRule.Default });

        AssertResult.Is(result, RenewalStatus.NotDue, changed: false);
        Assert.Equal(faster, File.ReadAllBytes(ours.CertificatePath));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task ThreeTimes_ItGivesUp_AndTheForeignFilesStay(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var ours = await IssueAsync(ca);
        var theirs = new[] { await TheirsAsync(ca), await TheirsAsync(ca, "EC-P384"), await TheirsAsync(ca, "EC-P521") };
        var round = 0;
        Log.OnEvent = id =>
        {
            if (id == Event.AnswerVerified)
                Replace(ours, theirs[round++]);
        };

        var (result, error) = await FailsUnwatchedAsync(ErrorId.ChangedDuringRenewal, Request(ca, ours));

        Assert.Equal(3, round);
        Assert.Equal(3, result.Attempts);
        Assert.Equal(3, Log.Count(Event.ChangedDuringRenewal));
        Assert.Contains("The files of the other process stay.", error.Message, StringComparison.Ordinal);
        AssertTheirs(ours, theirs[2]);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task KeyAlone_IsAMismatch_AndStands(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var (ours, theirs) = (await IssueAsync(ca), await TheirsAsync(ca));
        var certificate = File.ReadAllBytes(ours.CertificatePath);
        var clock = new TestClock();
        Clock = clock;
        OnAnswer(1, () =>
        {
            File.Copy(theirs.KeyPath, ours.KeyPath, overwrite: true);
            // The patience with a deployment that is under way.
            clock.Speed = 20;
        });

        var (result, _) = await FailsUnwatchedAsync(ErrorId.KeyMismatch, Request(ca, ours));

        Assert.Equal(1, result.Attempts);
        Assert.Equal(certificate, File.ReadAllBytes(ours.CertificatePath));
        Assert.Equal(File.ReadAllBytes(theirs.KeyPath), File.ReadAllBytes(ours.KeyPath));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FileThatIsDeleted_IsMissed_AndNotMadeAgain(bool certificate)
    {
        var ca = await CaAsync(CaKind.StepCa);
        var ours = await IssueAsync(ca);
        var (gone, left) = certificate ? (ours.CertificatePath, ours.KeyPath) : (ours.KeyPath, ours.CertificatePath);
        var bytes = File.ReadAllBytes(left);
        OnAnswer(1, () => File.Delete(gone));

        var (_, error) = await FailsUnwatchedAsync(ErrorId.FileNotFound, Request(ca, ours));

        Assert.Contains(gone, error.Message, StringComparison.Ordinal);
        Assert.Equal([left], Directory.EnumerateFiles(Folder).Where(file => !LockName.Is(file)));
        Assert.Equal(bytes, File.ReadAllBytes(left));
    }

    [Fact]
    public async Task FolderThatIsDeleted_IsMissed()
    {
        var ca = await CaAsync(CaKind.StepCa);
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "inner")).FullName;
        var ours = await IssueAsync(ca, into: folder);
        OnAnswer(1, () => Directory.Delete(folder, recursive: true));
        await FailsUnwatchedAsync(ErrorId.FileNotFound, Request(ca, ours));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task FileThatIsEmptied_IsNotOverwritten()
    {
        var ca = await CaAsync(CaKind.StepCa);
        var ours = await IssueAsync(ca);
        OnAnswer(1, () => File.WriteAllText(ours.CertificatePath, ""));
        await FailsUnwatchedAsync(ErrorId.FileEmpty, Request(ca, ours));
        Assert.Equal(0, new FileInfo(ours.CertificatePath).Length);
    }

    [Fact]
    public async Task FilesThatAreOnlyTouched_AreTheSame()
    {
        var ca = await CaAsync(CaKind.StepCa);
        var ours = await IssueAsync(ca);
        OnAnswer(1, () => File.SetLastWriteTimeUtc(ours.CertificatePath, DateTime.UtcNow));
        Assert.Equal(1, (await RenewedAsync(Request(ca, ours))).Attempts);
    }

    // Runs that overtake each other may give up, but never leave half a pair or a file of their own.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task ManyRunsOverOnePair_DoNotBreakIt(CaKind kind)
    {
        var ca = await CaAsync(kind);
        var pair = await IssueAsync(ca);
        var key = File.ReadAllBytes(pair.KeyPath);

        var runs = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => RunAsync(Request(ca, pair)))));

        Assert.All(runs, run => Assert.True(run.Error is null or { ErrorId: ErrorId.ChangedDuringRenewal }, $"{run.Error}"));
        Assert.Contains(runs, run => run.Result.Changed);
        Assert.Contains(LoadPem(pair.CertificatePath)[0].SerialNumber, runs.Where(run => run.Result.Changed).Select(run => run.Result.SerialNumber));
        Assert.Equal(key, File.ReadAllBytes(pair.KeyPath));
        await RenewedAsync(Request(ca, pair));
    }

    private async Task<IssuedPair> TheirsAsync(ITestCa ca, string key = "EC-P256") =>
        await IssueAsync(ca, key: key, into: Directory.CreateDirectory(Path.Combine(Folder, $"theirs-{Guid.NewGuid():N}")).FullName);

    private void OnAnswer(int number, Action action)
    {
        var seen = 0;
        Log.OnEvent = id =>
        {
            if (id == Event.AnswerVerified && Log.Count(Event.AnswerVerified) == number && seen++ == 0)
                action();
        };
    }

    private static void Replace(IssuedPair ours, IssuedPair theirs)
    {
        File.Copy(theirs.KeyPath, ours.KeyPath, overwrite: true);
        File.Copy(theirs.CertificatePath, ours.CertificatePath, overwrite: true);
    }

    private void AssertTheirs(IssuedPair ours, IssuedPair theirs)
    {
        Assert.Equal(File.ReadAllBytes(theirs.CertificatePath), File.ReadAllBytes(ours.CertificatePath));
        Assert.Equal(File.ReadAllBytes(theirs.KeyPath), File.ReadAllBytes(ours.KeyPath));
        AssertNothingStaged();
    }

    private static async Task SeenAsync(DevTestCa ca)
    {
        while (ca.RequestCount("/renew") == 0)
            await Task.Delay(5);
    }
}
