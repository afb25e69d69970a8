using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Actions;

/// <summary>Actions that a run is at are neither done again nor forgotten by another one.</summary>
public sealed class UnderWayTests : IAsyncLifetime
{
    private const int LeftToAnother = 175;

    private readonly TestFolder folder = new();
    private ITestCa ca = null!;
    private string certificate = null!;
    private string trace = null!;
    private string go = null!;

    private string Pending => Path.Combine(folder, ".test.local.crt.stepcarenew-pending");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these tests are those of Unix.");
        ca = await TestCas.GetAsync(CaKind.DevCa);
        certificate = (await ca.IssueAsync(new IssueOptions { Folder = folder })).CertificatePath;
        (trace, go) = (Path.Combine(folder, "trace"), Path.Combine(folder, "go"));
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    [InlineData(false, 0)]
    public async Task OtherRun_NeitherRunsNorDropsThem(bool withTheAction, int exitCode)
    {
        using var first = Run(Waiting(exitCode));
        using var second = withTheAction ? Run(Waiting(exitCode)) : Run();
        var running = await BegunAsync(first);

        var other = await second.RunAsync(certificate);
        AssertResult.Is(other, RenewalStatus.NotDue, actionsPending: true, errorId: null);
        // A run without actions leaves them anyway.
        Assert.Equal(withTheAction, second.Events.Contains(LeftToAnother));
        Assert.Empty(second.Warnings);

        File.WriteAllText(go, "");
        Assert.Equal(exitCode != 0, (await running).ActionsPending);
        Assert.Equal(exitCode != 0, File.Exists(Pending));
        Assert.Single(File.ReadAllLines(trace));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OtherRenewal_MeanwhileIsRecorded_AndPendingForTheNextRun(bool withTheAction)
    {
        using var first = Run(Waiting(0));
        using var second = withTheAction ? Run(Waiting(0)) : Run();
        var running = await BegunAsync(first);

        var other = await second.RunAsync(certificate, isForced: true);
        AssertResult.Is(other, RenewalStatus.Renewed, actionsPending: true, errorId: null);

        File.WriteAllText(go, "");
        Assert.True((await running).ActionsPending);
        Assert.True(File.Exists(Pending));
        Assert.Single(File.ReadAllLines(trace));

        Assert.False((await first.RunAsync(certificate)).ActionsPending);
        Assert.Equal(2, File.ReadAllLines(trace).Length);
        Assert.False(File.Exists(Pending));
    }

    [Fact]
    public async Task OtherAction_OfARenewalMeanwhile_IsRecordedBesides()
    {
        using var first = Run(Waiting(0));
        using var second = Run(ActionRun.Append(trace));
        var running = await BegunAsync(first);
        Assert.True((await second.RunAsync(certificate, isForced: true)).ActionsPending);
        File.WriteAllText(go, "");
        await running;

        using var both = Run(Waiting(0), ActionRun.Append(trace));
        Assert.False((await both.RunAsync(certificate)).ActionsPending);
        Assert.Equal(3, File.ReadAllLines(trace).Length);
        Assert.Empty(both.Warnings);
    }

    // An older version, or somebody's hand, takes the record away.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task RecordThatIsDeletedMeanwhile_IsWrittenAgainForFailedActions(int exitCode)
    {
        using var run = Run(Waiting(exitCode));
        var running = await BegunAsync(run);
        File.Delete(Pending);
        File.WriteAllText(go, "");
        Assert.Equal(exitCode != 0, (await running).ActionsPending);
        Assert.Equal(exitCode != 0, File.Exists(Pending));
    }

    [Fact]
    public async Task Run_ThatHasRenewedAndNotYetActed_KeepsThemAsWell()
    {
        using var first = Run(ActionRun.Append(trace));
        var renewed = await first.RenewAsync(certificate, isForced: true);
        using var second = Run(ActionRun.Append(trace));
        Assert.True((await second.RunAsync(certificate)).ActionsPending);
        Assert.False(File.Exists(trace));
        await first.Engine.FollowUpAsync([renewed], first.Host, CancellationToken.None);
        Assert.False(renewed.Result.ActionsPending);
        Assert.Single(File.ReadAllLines(trace));
    }

    [Fact]
    public async Task Lock_IsFreeIfNothingIsPending()
    {
        using var run = Run(ActionRun.Append(trace));
        var other = Path.Combine(folder, "no-step-here");
        Directory.CreateDirectory(other);
        using var failing = new ActionRun(other, ActionRun.Append(trace));
        Assert.Equal(ErrorId.CaUrlMissing, (await failing.RenewAsync(certificate, isForced: true)).Result.ErrorId);
        Assert.False((await run.RunAsync(certificate, isForced: true)).ActionsPending);
        Assert.Single(File.ReadAllLines(trace));
    }

    [Fact]
    public async Task Lock_ThatCannotBeMade_StopsNothing()
    {
        Directory.CreateDirectory(Path.Combine(folder, ".test.local.crt.stepcarenew-acting"));
        using var run = Run(ActionRun.Append(trace));
        Assert.Equal((RenewalStatus.Renewed, false), (await run.RunAsync(certificate, isForced: true)) is var result ? (result.Status, result.ActionsPending) : default);
        Assert.Single(run.Warnings);
    }

    // Says that it began, then waits for leave to end; once it has leave it ends at once.
    private CommandAction Waiting(int exitCode) =>
        new("sh", ["-c", "echo began >> \"$0\"; n=0; while [ ! -e \"$1\" ] && [ $((n += 1)) -lt 1200 ]; do sleep 0.05; done; exit $2", trace, go, $"{exitCode}"]);

    private async Task<Task<RenewalResult>> BegunAsync(ActionRun run)
    {
        var running = run.RunAsync(certificate, isForced: true);
        for (var attempt = 0; attempt < 1000 && !File.Exists(trace); attempt++)
            await Task.Delay(20);
        return running;
    }

    private ActionRun Run(params ActionDefinition[] actions) => new(ca.StepPath, actions);
}
