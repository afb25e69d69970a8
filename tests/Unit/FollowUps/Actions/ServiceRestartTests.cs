using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.FollowUps.Actions;

/// <summary>The restart of a Windows service, with a manager in memory and the real record on disk.</summary>
public sealed class ServiceRestartTests : IDisposable
{
    private static readonly ServiceAction Restart = new("web", IsReload: false);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // A process that another test starts holds a copy of the lock until it executes its program.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromMinutes(5);

    private readonly TestFolder folder = new();
    private readonly CollectingLogger log = new();
    private readonly InstantClock clock = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeServices services;
    private readonly PairPaths paths;

    public ServiceRestartTests()
    {
        services = new FakeServices(clock);
        TestAuthority.Default.Issue(new LeafSpec { SerialNumber = [0x0B] }).WriteTo(folder, "web");
        paths = new PairPaths(folder.At("web.crt"), folder.At("web.key"));
        File.WriteAllBytes(paths.Pending, new FollowUpRecord("0A", clock.GetUtcNow()).Render());
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_Running_IsStoppedAndStarted_AndRecordedBeforeTheStop()
    {
        services.Add("web");
        services.OnOrder = order => Assert.True(order != "stop web" || Recorded().Count == 1, "It was stopped before that was recorded.");
        await RunAsync();
        Assert.Equal(["stop web", "start web"], services.Orders);
        Assert.Equal(ServiceState.Running, services.Query("web").State);
        Assert.DoesNotContain("web", File.ReadAllText(paths.Pending).Replace("web.", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    // The next run must not start a service that an administrator stopped later.
    [Fact]
    public async Task Run_DependentDoesNotStart_OnlyItStaysRecorded()
    {
        services.Add("web", ServiceState.Running, "near");
        services.Add("near").ExitCode = 1067;
        await FailsAsync();
        var record = Record(new("web", IsReload: false));
        Assert.Equal((false, true), (record.Contains("web"), record.Contains("near")));
    }

    [Fact]
    public async Task Run_StoppedByAnEarlierRunUnderAnotherSpelling_IsStarted()
    {
        services.Add("web").DisplayName = "The web server";
        services.OnOrder = order => throw new InvalidOperationException("killed");
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync());
        services.OnOrder = _ => { };
        services.Stop("web");
        await RunAsync(new ServiceAction("The web server", IsReload: false));
        Assert.Equal(ServiceState.Running, services.Query("web").State);
    }

    [Fact]
    public async Task Run_ByDisplayName_IsRestarted()
    {
        services.Add("web").DisplayName = "The web server";
        await RunAsync(new ServiceAction("The web server", IsReload: false));
        Assert.Equal(["stop web", "start web"], services.Orders);
    }

    [Fact]
    public async Task Run_WithDependents_StopsThemFirstAndStartsThemLast()
    {
        services.Add("web", ServiceState.Running, "far", "idle", "near");
        services.Add("far");
        services.Add("near");
        services.Add("idle", ServiceState.Stopped);
        await RunAsync();
        Assert.Equal(["stop far", "stop near", "stop web", "start web", "start near", "start far"], services.Orders);
    }

    [Theory]
    [InlineData(ServiceState.Stopped)]
    [InlineData(ServiceState.Paused)]
    public async Task Run_NotRunning_IsSkipped(object state)
    {
        services.Add("web", (ServiceState)state);
        await RunAsync();
        Assert.Empty(services.Orders);
        Assert.Contains("skipped", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Unknown_IsSkipped()
    {
        await RunAsync();
        Assert.Contains("skipped", log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServiceState.StartPending, ServiceState.Running, true)]
    [InlineData(ServiceState.StopPending, ServiceState.Stopped, false)]
    [InlineData(ServiceState.StopPending, ServiceState.Running, true)]
    public async Task Run_StateChanging_IsWaitedFor(object now, object then, bool isRestarted)
    {
        services.Add("web").Change((ServiceState)now, (ServiceState)then, clock, TimeSpan.FromSeconds(20));
        await RunAsync();
        Assert.Equal(isRestarted ? ["stop web", "start web"] : [], services.Orders);
    }

    [Theory]
    [InlineData(ServiceState.StopPending, "still stopping after 45 s")]
    [InlineData(ServiceState.StartPending, "still starting after 45 s")]
    public async Task Run_StateChangingForTooLong_FailsAndStaysPending(object now, string message)
    {
        services.Add("web").Change((ServiceState)now, ServiceState.Running, clock, TimeSpan.FromHours(1));
        Assert.Contains(message, (await FailsAsync()).Message, StringComparison.Ordinal);
        Assert.Empty(services.Orders);
    }

    // The process is killed between stop and start: only the record is left.
    [Theory]
    [InlineData("stop web", 3)]
    [InlineData("start web", 3)]
    [InlineData("start near", 2)]
    public async Task Run_KilledAtAnyOrder_NextRunStartsTheServices(string last, int least)
    {
        services.Add("web", ServiceState.Running, "near");
        services.Add("near");
        services.OnOrder = order => _ = order == last ? throw new InvalidOperationException("killed") : order;
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync());
        services.OnOrder = _ => { };
        services.Orders.Clear();
        clock.Advance(TimeSpan.FromMinutes(15));
        await RunAsync();
        Assert.Equal((ServiceState.Running, ServiceState.Running), (services.Query("web").State, services.Query("near").State));
        Assert.InRange(services.Orders.Count, least - 1, 4);
    }

    [Fact]
    public async Task Run_ServiceDoesNotStart_FailsAndTheNextRunStartsIt()
    {
        services.Add("web").ExitCode = 1067;
        var error = await FailsAsync();
        Assert.Contains("'web' was started and ended at once (error 1067", error.Message, StringComparison.Ordinal);
        services["web"].ExitCode = 0;
        services.Orders.Clear();
        await RunAsync();
        Assert.Equal(["start web"], services.Orders);
        Assert.Contains(log.Events, one => one.Id == 177);
    }

    [Fact]
    public async Task Run_TimeoutWhileStopping_StillStartsTheService()
    {
        services.Add("web").StopTakes = TimeSpan.FromSeconds(70);
        using var end = TimeOut();
        await RunAsync(end: end.Token);
        Assert.Equal(["stop web", "start web"], services.Orders);
        Assert.Equal(ServiceState.Running, services.Query("web").State);
    }

    [Fact]
    public async Task Run_CancelledBetweenTwoStops_StartsTheStoppedServices()
    {
        services.Add("web", ServiceState.Running, "near");
        services.Add("near");
        using var end = new CancellationTokenSource();
        services.OnOrder = order => end.Cancel();
        Assert.Contains("run again", (await FailsAsync(end: end.Token)).Message, StringComparison.Ordinal);
        Assert.Equal(["stop near", "start near"], services.Orders);
    }

    [Fact]
    public async Task Run_CancelledBeforeTheStop_StopsNothing()
    {
        services.Add("web");
        using var end = new CancellationTokenSource();
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(end: end.Token));
        Assert.Empty(services.Orders);
    }

    [Fact]
    public async Task Run_ServiceNeverStops_FailsAfterTheGraceAndTheNextRunStartsIt()
    {
        services.Add("web").StopTakes = TimeSpan.FromMinutes(10);
        using var end = TimeOut();
        var begin = clock.GetUtcNow();
        Assert.Contains("'web' is still stopping", (await FailsAsync(end: end.Token)).Message, StringComparison.Ordinal);
        Assert.InRange(clock.GetUtcNow() - begin, Patience, Patience + ServiceRestart.Grace + ServiceRestart.LeastPatience + TimeSpan.FromSeconds(5));
        clock.Advance(TimeSpan.FromMinutes(15));
        services["web"].StopTakes = TimeSpan.FromSeconds(1);
        services.Orders.Clear();
        await RunAsync();
        Assert.Equal(["start web"], services.Orders);
    }

    [Theory]
    [InlineData(0, "it is disabled")]
    [InlineData(5, "does not have permission")]
    public async Task Run_ServiceCannotBeStartedAgain_IsNotStopped(int code, string message)
    {
        services.Add("web");
        (services["web"].IsDisabled, services["web"].DeniedCode) = (true, code);
        Assert.Contains(message, (await FailsAsync()).Message, StringComparison.Ordinal);
        Assert.Empty(services.Orders);
    }

    [Fact]
    public async Task Run_StopCannotBeRecorded_IsNotStopped()
    {
        services.Add("web");
        var record = Record(Restart);
        File.Delete(paths.Pending);
        Directory.CreateDirectory(paths.Pending);
        Directory.CreateDirectory(Path.Combine(paths.Pending, "full"));
        var error = await FailsAsync(record: record);
        Assert.Contains("was not stopped", error.Message, StringComparison.Ordinal);
        Assert.Empty(services.Orders);
    }

    // The clock of these tests is over a wait as soon as it begins, that of a token as well.
    private CancellationTokenSource TimeOut()
    {
        var (end, begin) = (new CancellationTokenSource(), clock.GetUtcNow());
        clock.OnWait = () => _ = clock.GetUtcNow() - begin >= Patience && Cancel(end);
        return end;
    }

    private static bool Cancel(CancellationTokenSource end)
    {
        end.Cancel();
        return true;
    }

    private IReadOnlyList<string> Recorded() => [.. FollowUpRecord.Parse(File.ReadAllBytes(paths.Pending))!.Stopped.Values.SelectMany(services => services)];

    private async Task<RenewalException> FailsAsync(StoppedServices? record = null, CancellationToken end = default) =>
        await Assert.ThrowsAsync<RenewalException>(() => RunAsync(record: record, end: end)) is { ErrorId: ErrorId.ActionFailed } error ? error : throw new InvalidOperationException("Another error id.");

    private async Task RunAsync(ServiceAction? action = null, StoppedServices? record = null, CancellationToken end = default)
    {
        await new ServiceRestart(action ?? Restart, services, record ?? Record(action ?? Restart), clock, log).RunAsync(Patience, end);
    }

    private StoppedServices Record(ServiceAction action)
    {
        var (folders, runner) = (new OpenFolders(), new FollowUpRunner(clock));
        var place = new FileRecord(paths, new Volume(folders), folders, new StoreServices(clock, log), new PemPairForm(null));
        var followUps = new PairFollowUps(runner, place, new PairLocation(paths.Certificate, paths.Key), [action], served: null, LockTimeout, log);
        using var pair = new PemSnapshot(CertificatePair.Load(paths.Certificate, paths.Key, null));
        followUps.Load(pair);
        followUps.Dispose();
        return new StoppedServices(action, [followUps], log);
    }
}
