using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Policy;
using StepCaRenew.Registration;
using StepCaRenew.Servers;

namespace StepCaRenew.Integration.Actions;

/// <summary>
/// After the actions of a renewal, the servers must serve the new certificate. The server of these tests reads the pair again once its
/// action has written a file, as a service does that is reloaded.
/// </summary>
public sealed class ServedByTests : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(600);

    private readonly TestFolder folder = new();
    private readonly List<IDisposable> disposables = [];
    private ITestCa ca = null!;
    private IssuedPair pair = null!;

    private string Trace => Path.Combine(folder, "trace");

    private string[] Acted => File.Exists(Trace) ? File.ReadAllLines(Trace) : [];

    private string Pending => Path.Combine(folder, ".test.local.crt.stepcarenew-pending");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these tests are those of Unix.");
        ca = await TestCas.GetAsync(CaKind.DevCa);
        pair = await ca.IssueAsync(new IssueOptions { Folder = folder });
    }

    public ValueTask DisposeAsync()
    {
        disposables.ForEach(one => one.Dispose());
        folder.Dispose();
        return default;
    }

    [Fact]
    public async Task Renewal_WithAnActionThatReloads_IsDone()
    {
        var server = Serve();
        using var run = Run(server, ActionRun.Append(Trace));
        var result = await run.RunAsync(pair.CertificatePath, isForced: true);
        AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: false, errorId: null);
        Assert.Contains(198, run.Events);
        Assert.False(File.Exists(Pending));
        Assert.Equal([pair.Leaf.Subject[3..]], server.ServerNames.Distinct());
    }

    // No action is needed: the server can notice the new file by itself, or the check alone is wanted.
    [Fact]
    public async Task Renewal_WithoutActions_IsChecked()
    {
        var server = Serve();
        var result = await Run(server, Short).RunAsync(pair.CertificatePath, isForced: true);
        AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: true, errorId: ErrorId.NotServed);
        File.WriteAllText(Trace, "reloaded by hand");
        AssertResult.Is(await Run(server).RunAsync(pair.CertificatePath), RenewalStatus.NotDue, actionsPending: false, errorId: null);
        Assert.False(File.Exists(Pending));
    }

    [Fact]
    public async Task Reload_ThatTakesEffectLater_IsAwaited()
    {
        var server = Serve(TimeSpan.FromSeconds(1.5));
        using var run = Run(server, ActionRun.Append(Trace));
        AssertResult.Is(await run.RunAsync(pair.CertificatePath, isForced: true), RenewalStatus.Renewed, actionsPending: false, errorId: null);
        Assert.True(server.Connections > 1);
    }

    [Fact]
    public async Task Reload_WithoutEffect_StaysPending_AndTheNextRunNeitherRenewsNorRepeatsTheAction()
    {
        var server = Serve(isDeaf: true);
        using (var run = Run(server, Short, ActionRun.Append(Trace)))
        {
            var result = await run.RunAsync(pair.CertificatePath, isForced: true);
            AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: true, errorId: ErrorId.NotServed);
            Assert.Contains($"still serves the old certificate (serial number {pair.Leaf.SerialNumber} instead of {result.SerialNumber})", result.Message, StringComparison.Ordinal);
            Assert.Contains(199, run.Events);
        }

        var renewed = X509CertificateLoader.LoadCertificateFromFile(pair.CertificatePath).SerialNumber;
        using (var run = Run(server, Short, ActionRun.Append(Trace)))
            AssertResult.Is(await run.RunAsync(pair.CertificatePath), RenewalStatus.NotDue, actionsPending: true, errorId: ErrorId.NotServed, changed: false);
        Assert.Single(Acted);

        server.Certificate = _ => Load(pair);
        using (var run = Run(server, ActionRun.Append(Trace)))
            AssertResult.Is(await run.RunAsync(pair.CertificatePath), RenewalStatus.NotDue, actionsPending: false, errorId: null, changed: false);
        Assert.Single(Acted);
        Assert.False(File.Exists(Pending));
        Assert.Equal(renewed, X509CertificateLoader.LoadCertificateFromFile(pair.CertificatePath).SerialNumber);
    }

    [Fact]
    public async Task Action_ThatFails_LeavesTheServerUnasked()
    {
        var server = Serve();
        var result = await Run(server, ActionRun.Fail()).RunAsync(pair.CertificatePath, isForced: true);
        AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: true, errorId: ErrorId.ActionFailed);
        Assert.Equal(0, server.Connections);
        // The corrected action of the next run comes first, then the check.
        AssertResult.Is(await Run(server, ActionRun.Append(Trace)).RunAsync(pair.CertificatePath), RenewalStatus.NotDue, actionsPending: false, errorId: null);
        Assert.Single(Acted);
    }

    [Fact]
    public async Task Run_ThatDiesBeforeTheCheck_LeavesItToTheNext()
    {
        var server = Serve();
        var run = Run(server);
        Assert.True((await run.RenewAndDieAsync(pair.CertificatePath)).ActionsPending);
        Assert.Equal(0, server.Connections);
        File.WriteAllText(Trace, "reloaded");
        AssertResult.Is(await Run(server).RunAsync(pair.CertificatePath), RenewalStatus.NotDue, actionsPending: false, errorId: null);
        Assert.Equal(3, server.Connections);
    }

    // As nginx does for a moment after a reload, while old processes accept connections too.
    [Fact]
    public async Task Server_ThatServesBothForAMoment_IsAskedUntilItServesTheNewOneAlone()
    {
        var (old, asked, newInARow) = (Load(pair), 0, 0);
        var server = Track(new TestTlsServer
        {
            Certificate = _ =>
            {
                var isOld = ++asked is 2 or 4 or 6;
                newInARow = isOld ? 0 : newInARow + 1;
                return isOld ? old : Load(pair);
            },
        });
        AssertResult.Is(await Run(server).RunAsync(pair.CertificatePath, isForced: true), RenewalStatus.Renewed, actionsPending: false, errorId: null);
        Assert.Equal((9, 3), (asked, newInARow));
    }

    [Fact]
    public async Task Server_ThatCannotBeReached_IsReportedWithTheReason()
    {
        var server = Serve();
        using var run = Run(server, Short);
        var port = server.Port;
        server.Dispose();
        var result = await run.RunAsync(pair.CertificatePath, isForced: true);
        AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: true, errorId: ErrorId.NotServed);
        Assert.Contains($"Its server 127.0.0.1:{port} could not be asked for its certificate", result.Message, StringComparison.Ordinal);
        Assert.Contains("(refused)", result.Message, StringComparison.Ordinal);
    }

    // One of two servers serves the new certificate: only the other one is asked again.
    [Fact]
    public async Task SeveralServers_EachIsAskedUntilItServes()
    {
        var (good, deaf) = (Serve(), Serve(isDeaf: true));
        IReadOnlyList<ServerAddress> both = [AddressOf(good), AddressOf(deaf)];
        using (var run = new ActionRun(ca.StepPath, ActionRun.Append(Trace)) { ServedBy = both, ServedTimeout = Short })
            AssertResult.Is(await run.RunAsync(pair.CertificatePath, isForced: true), RenewalStatus.Renewed, actionsPending: true, errorId: ErrorId.NotServed);
        var (goodBefore, deafBefore) = (good.Connections, deaf.Connections);
        using (var run = new ActionRun(ca.StepPath, ActionRun.Append(Trace)) { ServedBy = both, ServedTimeout = Short })
            AssertResult.Is(await run.RunAsync(pair.CertificatePath), RenewalStatus.NotDue, actionsPending: true, errorId: ErrorId.NotServed);
        Assert.Equal(goodBefore, good.Connections);
        Assert.True(deaf.Connections > deafBefore);
    }

    // Each certificate of a call is asked for by its own name, as by a client.
    [Fact]
    public async Task SeveralCertificates_OfOneServer_AreEachAskedByTheirName()
    {
        var mail = await ca.IssueAsync(new IssueOptions { Folder = folder, Name = "mail.local" });
        var server = Track(new TestTlsServer { Certificate = name => Load(name == "mail.local" ? mail : pair) });
        using var run = Run(server, ActionRun.Append(Trace));
        Assert.All(await run.RunAsync(isForced: true, pair.CertificatePath, mail.CertificatePath), result => AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: false, errorId: null));
        // Its variables have a line for each certificate.
        Assert.Equal(2, Acted.Length);
        Assert.Equal(["mail.local", "mail.local", "mail.local", "test.local", "test.local", "test.local"], server.ServerNames.Order());
    }

    // Only the pair that is not served stays pending.
    [Fact]
    public async Task SeveralCertificates_OneIsNotServed_OnlyThatIsPending()
    {
        var mail = await ca.IssueAsync(new IssueOptions { Folder = folder, Name = "mail.local" });
        var old = Load(mail);
        var server = Track(new TestTlsServer { Certificate = name => name == "mail.local" ? old : Load(pair) });
        using var run = Run(server, Short, ActionRun.Append(Trace));
        var results = await run.RunAsync(isForced: true, pair.CertificatePath, mail.CertificatePath);
        Assert.Equal([(false, null), (true, ErrorId.NotServed)], results.Select(result => (result.ActionsPending, result.ErrorId)));
    }

    [Fact]
    public async Task Cancellation_EndsTheWait_AndTheCheckStaysPending()
    {
        using var run = new ActionRun(ca.StepPath) { ServedBy = [AddressOf(Serve(isDeaf: true))], ServedTimeout = TimeSpan.FromMinutes(5) };
        var outcome = await run.RenewAsync(pair.CertificatePath, isForced: true);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.Engine.FollowUpAsync([outcome], run.Host, stop.Token));
        Assert.True(outcome.Result.ActionsPending);
        Assert.True(File.Exists(Pending));
    }

    [Fact]
    public async Task RegisteredRenewal_NotServed_IsInItsState_UntilALaterRunFindsItServed()
    {
        var server = Serve(isDeaf: true);
        using var scene = new RegisteredScene(new RenewalDefinition
        {
            Name = "web",
            CertificatePath = pair.CertificatePath,
            Ca = new() { StepPath = ca.StepPath },
            Actions = [new CommandAction("/bin/sh", ["-c", "echo ran >> \"$0\"", Trace])],
            ServedBy = [AddressOf(server)],
            ServedTimeout = Short,
        });
        await scene.RunAsync(TimeProvider.System, NullLogger.Instance);
        Assert.Equal((ErrorId.NotServed, true), (scene.State.LastErrorId, scene.State.ActionsPending));
        Assert.NotNull(scene.State.ActionsPendingSince);
        Assert.Contains("still serves the old certificate", scene.State.LastErrorMessage, StringComparison.Ordinal);

        var (outcome, exitCode) = await scene.CheckAsync();
        Assert.Equal((RenewalStatus.NotDue, ErrorId.NotServed, RunExitCode.ActionsFailed), (outcome.Result!.Status, outcome.Result.ErrorId, exitCode));

        server.Certificate = _ => Load(pair);
        (outcome, exitCode) = await scene.CheckAsync();
        Assert.Equal((RenewalStatus.NotDue, null, RunExitCode.Success), (outcome.Result!.Status, outcome.Result.ErrorId, exitCode));
        Assert.Equal((null, false, outcome.Result.SerialNumber), (scene.State.LastErrorId, scene.State.ActionsPending, scene.State.Served?.SerialNumber));
        Assert.Single(Acted);
    }

    private ActionRun Run(TestTlsServer server, params ActionDefinition[] actions) => Run(server, TimeSpan.FromSeconds(20), actions);

    private ActionRun Run(TestTlsServer server, TimeSpan timeout, params ActionDefinition[] actions) =>
        Track(new ActionRun(ca.StepPath, actions) { ServedBy = [AddressOf(server)], ServedTimeout = timeout });

    // A deaf server does not notice that it is told to load the pair again.
    private TestTlsServer Serve(TimeSpan delay = default, bool isDeaf = false)
    {
        var loaded = Load(pair);
        return Track(new TestTlsServer
        {
            Certificate = _ => !isDeaf && File.Exists(Trace) && DateTime.UtcNow - File.GetLastWriteTimeUtc(Trace) >= delay ? Load(pair) : loaded,
        });
    }

    private static SslStreamCertificateContext Load(IssuedPair pair) => TestTlsServer.Context(X509Certificate2.CreateFromPemFile(pair.CertificatePath, pair.KeyPath), pair.Intermediate);

    private static ServerAddress AddressOf(TestTlsServer server) => ServerAddress.Parse($"https://127.0.0.1:{server.Port}");

    private T Track<T>(T disposable)
        where T : IDisposable
    {
        disposables.Add(disposable);
        return disposable;
    }
}
