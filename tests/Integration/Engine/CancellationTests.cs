using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Engine;

/// <summary>Cancelling ends the run at once until the CA has answered; from then on the replacement finishes first.</summary>
public sealed class CancellationTests(FaultyCa shared) : EngineTest, IClassFixture<FaultyCa>
{
    private readonly DevTestCa ca = shared.Healthy();
    private readonly CancellationTokenSource cancel = new();

    [Theory]
    [InlineData(Event.Loaded)]
    [InlineData(Event.Forced)]
    [InlineData(Event.AskingCa)]
    public async Task BeforeTheCaIsAsked_NothingHappens(int moment)
    {
        var pair = await IssueAsync(ca);
        var before = ca.RequestCount("/renew");
        CancelAt(moment);
        await CancelledAsync(Request(ca, pair));
        Assert.Equal(before, ca.RequestCount("/renew"));
    }

    [Theory]
    [InlineData("thinking")]
    [InlineData("sending")]
    [InlineData("silent")]
    public async Task WhileTheCaIsAsked_ItEndsAtOnce(string what)
    {
        var pair = await IssueAsync(ca);
        switch (what)
        {
            case "thinking":
                ca.Server.Faults.Add("/renew", new DelayFault(TimeSpan.FromMinutes(1)));
                break;
            case "sending":
                ca.Server.Faults.Add("/renew", new SlowLorisFault(TimeSpan.FromMilliseconds(50)));
                break;
            default:
                ca.Server.Faults.Add(new SilentFault(TimeSpan.FromMinutes(1)));
                break;
        }

        cancel.CancelAfter(TimeSpan.FromMilliseconds(300));
        var started = TimeProvider.System.GetTimestamp();
        await CancelledAsync(Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(5) });
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task BetweenAttempts_ItEndsAtOnce()
    {
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add("/renew", new StatusFault(503, TimeSpan.FromMinutes(1)), times: 2);
        CancelAt(Event.Retrying);
        await CancelledAsync(Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(5) });
    }

    [Fact]
    public async Task WhileADeploymentIsAwaited_ItEndsAtOnce()
    {
        var (pair, other) = (await IssueAsync(ca), await IssueAsync(ca));
        File.Copy(other.KeyPath, pair.KeyPath, overwrite: true);
        File.SetLastWriteTimeUtc(pair.KeyPath, DateTime.UtcNow);
        CancelAt(Event.DeploymentAwaited);
        await CancelledAsync(Request(ca, pair));
    }

    [Fact]
    public async Task FromTheBeginning_NothingHappens()
    {
        var pair = await IssueAsync(ca);
        await cancel.CancelAsync();
        await CancelledAsync(Request(ca, pair));
    }

    [Theory]
    [InlineData(CaKind.DevCa)]
    [InlineData(CaKind.StepCa)]
    public async Task OnceTheCaHasAnswered_TheReplacementFinishes(CaKind kind)
    {
        var answering = await CaAsync(kind);
        var pair = await IssueAsync(answering);
        CancelAt(Event.AnswerVerified);
        await RenewedAsync(Request(answering, pair), cancel.Token);
        Assert.True(cancel.IsCancellationRequested);
    }

    [Fact]
    public async Task OnceTheCaHasAnswered_ForeignFilesStillStand()
    {
        var (ours, theirs) = (await IssueAsync(ca), await IssueAsync(ca, into: Directory.CreateDirectory(Path.Combine(Folder, "theirs")).FullName));
        Log.OnEvent = id =>
        {
            if (id != Event.AnswerVerified)
                return;
            File.Copy(theirs.KeyPath, ours.KeyPath, overwrite: true);
            File.Copy(theirs.CertificatePath, ours.CertificatePath, overwrite: true);
            cancel.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(Request(ca, ours), cancel.Token));
        Assert.Equal(File.ReadAllBytes(theirs.CertificatePath), File.ReadAllBytes(ours.CertificatePath));
        AssertNothingStaged();
    }

    public override void Dispose()
    {
        cancel.Dispose();
        base.Dispose();
    }

    private void CancelAt(int moment) => Log.OnEvent = id =>
    {
        if (id == moment)
            cancel.Cancel();
    };

    private async Task CancelledAsync(RenewalRequest request)
    {
        var before = FolderSnapshot.Take(Folder);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(request, cancel.Token));
        before.AssertUntouched();
        Assert.Equal(0, Log.Count(Event.Failed));
    }
}
