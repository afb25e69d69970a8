using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Logging;
using StepCaRenew.Monitoring;
using StepCaRenew.Registration;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Registrations;

/// <summary>The metrics that runs of registered renewals write.</summary>
public sealed class MetricsTests : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly List<IDisposable> disposables = [];

    private string Prom => folder.At("textfile/stepcarenew.prom");

    public MetricsTests() => Directory.CreateDirectory(folder.At("textfile"));

    [Fact]
    public async Task Run_OfARenewal_WritesItsTimes()
    {
        var scene = await SceneAsync("web");
        var begin = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var outcome = await RunAsync(scene);
        var one = Assert.Single(Read());
        Assert.Equal(("web", outcome.Result!.CertificatePath, 0L, 0L, 1L, RenewalMetrics.Version), (one.Name, one.Path, one.Failing, one.PendingActions, one.KeyMatches, one.Version));
        Assert.Equal((Unix(outcome.Result.NotAfter), Unix(outcome.Result.NextRenewal)), (one.Expiration, one.RenewalTime));
        using var leaf = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(outcome.Result.CertificatePath);
        Assert.Equal((long)(leaf.NotAfter - leaf.NotBefore).TotalSeconds, one.Lifetime);
        // A 96th of 24 hours.
        Assert.Equal(15 * 60, one.Interval);
        Assert.InRange(one.LastRun!.Value, begin, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Assert.Equal(one.LastRun, one.LastSuccess);
    }

    [Fact]
    public async Task Run_ThatFails_IsFailing_AndKeepsTheLastSuccessAndTheEnd()
    {
        var scene = await SceneAsync("web");
        await RunAsync(scene);
        var before = Assert.Single(Read());
        var certificate = before.Path!;
        File.WriteAllText(certificate, "damaged");
        await Later(scene, 1);
        Assert.Equal(before with { Failing = 1, LastRun = Assert.Single(Read()).LastRun }, Assert.Single(Read()));
        Assert.True(Assert.Single(Read()).LastRun > before.LastRun);

        // The values are those of the state, so that a deleted file is complete after the next run.
        File.Delete(Prom);
        await Later(scene, 2);
        Assert.Equal(before with { Failing = 1, LastRun = Assert.Single(Read()).LastRun }, Assert.Single(Read()));
    }

    [Fact]
    public async Task Run_KeyOfAnotherCertificate_DoesNotMatch()
    {
        var scene = await SceneAsync("web");
        await RunAsync(scene);
        var other = await IssueAsync("other");
        File.Copy(other.KeyPath, Path.ChangeExtension(Assert.Single(Read()).Path!, ".key"), overwrite: true);
        File.SetLastWriteTimeUtc(Path.ChangeExtension(Assert.Single(Read()).Path!, ".key"), DateTime.UnixEpoch);
        Assert.Equal(ErrorId.KeyMismatch, (await scene.CheckAsync()).Outcome.Error!.ErrorId);
        Assert.Equal((1L, 0L), (Assert.Single(Read()).Failing, Assert.Single(Read()).KeyMatches));
    }

    [Fact]
    public async Task Run_ActionThatFails_IsPending()
    {
        var scene = await SceneAsync("web", definition => definition with { Actions = [new CommandAction(OperatingSystem.IsWindows() ? @"C:\Windows\System32\where.exe" : "/bin/false", [])] });
        await RunAsync(scene);
        Assert.Equal((1L, 1L), (Assert.Single(Read()).Failing, Assert.Single(Read()).PendingActions));
    }

    [Fact]
    public async Task Run_RefusedDefinition_IsFailing_ForAllThatTheFileKnows()
    {
        var scene = await SceneAsync("web");
        var other = await SceneAsync("mail");
        await RunAsync(scene);
        await RunAsync(other);
        var before = Read();
        File.WriteAllText(scene.DefinitionPath, "{ broken");
        Assert.Equal(RunExitCode.ConfigurationRefused, (await scene.CheckAsync()).ExitCode);
        Assert.Equal([before[0], before[1] with { Failing = 1, LastRun = Read()[1].LastRun }], Read());
    }

    // Root would otherwise write a file where an account says that can change the state, but not the definition.
    [LinuxFact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Run_RefusedDefinition_StateThatOthersCanChange_WritesNothing()
    {
        var scene = await SceneAsync("web");
        await RunAsync(scene);
        var before = File.ReadAllBytes(Prom);
        File.WriteAllText(scene.DefinitionPath, "{ broken");
        File.SetUnixFileMode(Path.Combine(scene.StateFolder, "state.json"), (UnixFileMode)0b110_110_110);
        await scene.CheckAsync();
        Assert.Equal(before, File.ReadAllBytes(Prom));
    }

    [Fact]
    public async Task Run_MetricsThatCannotBeWritten_IsAnErrorOfItsOwn_AndStopsNothing()
    {
        var scene = await SceneAsync("web");
        File.WriteAllText(Prom, "up 1\n");
        var log = new CollectingLogger();
        var outcomes = await RegisteredScene.RunDueAsync(TimeProvider.System, log, scene);
        Assert.Null(outcomes[0].Error);
        Assert.Contains("another program", log.Text, StringComparison.Ordinal);
        var (outcome, exit) = await scene.CheckAsync();
        Assert.Equal((RenewalStatus.NotDue, null, RunExitCode.ActionsFailed), (outcome.Result!.Status, outcome.Error, exit));
        Assert.NotNull(scene.State.LastSuccess);
        Assert.Equal("up 1\n", File.ReadAllText(Prom));
    }

    [Fact]
    public async Task Runs_SideBySide_ShareOneFile()
    {
        var scenes = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => SceneAsync($"web{number}")));
        for (var round = 0; round < 3; round++)
            await Task.WhenAll(scenes.Select(scene => Task.Run(scene.CheckAsync)));
        Assert.Equal(Enumerable.Range(0, 6).Select(number => $"web{number}"), Read().Select(one => one.Name));
        Assert.All(Read(), one => Assert.Equal(0, one.Failing));
    }

    // Killed before it writes, flushes or renames the new file, or flushes the folder.
    [Theory]
    [InlineData("pwrite64,pwritev", 1, false)]
    [InlineData("fsync", 1, false)]
    [InlineData("renameat2,renameat,rename", 1, false)]
    [InlineData("fsync", 2, true)]
    public async Task Write_ThatIsKilled_LeavesAWholeFile(string call, int time, bool isNew)
    {
        Tool.RequireLinux();
        Tool.Run("strace", "--version");
        await WriteAsync([], 1);
        var old = await File.ReadAllBytesAsync(Prom);
        var exit = await WriteAsync(["strace", "-f", "-o", folder.At("trace"), "-e", $"trace={call}", "-e", $"inject={call}:signal=SIGKILL:when={time}"], 2);
        Assert.Equal(128 + 9, exit);
        var now = await File.ReadAllBytesAsync(Prom);
        Assert.Equal(!isNew, old.SequenceEqual(now));
        await RequireWholeAsync(isNew ? 2 : 1);
    }

    // The kernel kills it at the limit of its files, as it has written a part of them.
    [Fact]
    public async Task Write_ThatIsKilledInTheMiddle_LeavesTheOldFile()
    {
        Tool.RequireLinux();
        Tool.Require("prlimit");
        await WriteAsync([], 1);
        var old = await File.ReadAllBytesAsync(Prom);
        const int Limit = 1000;
        // .NET would otherwise make a large file in memory for its code.
        var exit = await WriteAsync(["env", "DOTNET_EnableWriteXorExecute=0", "prlimit", $"--fsize={Limit}", "--core=0"], 2);
        Assert.Equal(128 + 25, exit);
        Assert.Equal(Limit, new FileInfo(folder.At("textfile/.stepcarenew.prom.new")).Length);
        Assert.Equal(old, await File.ReadAllBytesAsync(Prom));
        await RequireWholeAsync(1);
    }

    // Each process would otherwise write back what it has read before another one wrote.
    [Fact]
    public async Task Writes_OfSeveralProcesses_DoNotMix()
    {
        const int Runs = 40;
        await using var one = Child.Start("metrics", Prom, "one", "1", $"{Runs}");
        await using var two = Child.Start("metrics", Prom, "two", "1", $"{Runs}");
        await using var three = Child.Start("metrics", Prom, "three", "1", $"{Runs}");
        var all = Task.WhenAll(one.EndAsync(), two.EndAsync(), three.EndAsync());
        var last = new Dictionary<string, long>();
        while (!all.IsCompleted)
        {
            await Task.Delay(1);
            if (!File.Exists(Prom))
                continue;
            foreach (var renewal in Read().GroupBy(metrics => metrics.Name!))
            {
                Assert.Equal(20, renewal.Count());
                var run = Assert.Single(renewal.Select(metrics => metrics.LastRun!.Value).Distinct());
                Assert.True(run >= last.GetValueOrDefault(renewal.Key), $"The metrics of {renewal.Key} went back from run {last.GetValueOrDefault(renewal.Key)} to {run}.");
                last[renewal.Key] = run;
            }
        }

        Assert.All(await all, child => Assert.True(child.ExitCode == 0, child.Errors));
        Assert.Equal(["one", "three", "two"], Read().Select(metrics => metrics.Name).Distinct());
        Assert.All(Read(), metrics => Assert.Equal(Runs, metrics.LastRun));
    }

    // A reader never sees anything but a whole file, with all metrics of one run.
    [Fact]
    public async Task Writes_WhileOthersRead_AreWhole()
    {
        var file = new MetricFile(Prom, TimeProvider.System);
        CertificateMetrics[] Of(long run) => [.. Enumerable.Range(0, 50).Select(number => new CertificateMetrics("all", $"/{number}.crt") { LastRun = run })];
        await file.ReplaceAsync(Of(0), _ => true, CancellationToken.None);
        using var end = new CancellationTokenSource();
        var runsRead = new ConcurrentDictionary<long, bool>();
        var reader = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                var found = MetricText.Parse(File.ReadAllBytes(Prom));
                Assert.Equal(50, found!.Count);
                runsRead[Assert.Single(found.Select(one => one.LastRun!.Value).Distinct())] = true;
            }
        });
        // On a busy machine the reader sees few of the first 40.
        for (var run = 1; (run <= 40 || runsRead.Count < 6) && !reader.IsCompleted; run++)
            await file.ReplaceAsync(Of(run), _ => true, CancellationToken.None);
        await end.CancelAsync();
        await reader;
    }

    [Fact]
    public async Task Call_ByPath_HasNoName_AndForgetsCertificatesThatAreGone()
    {
        var log = new CallLog(new NoSink());
        async Task WriteAsync(params string[] paths)
        {
            using var call = new RenewalCall(TimeProvider.System, () => 0.5, _ => null, NullLogger.Instance);
            var metrics = new CallMetrics(Prom, TimeProvider.System, log);
            foreach (var path in paths)
                metrics.Record(await call.RenewAsync(new RenewalRequest { CertificatePath = path, Ca = new() { StepPath = (await TestCas.GetAsync(CaKind.DevCa)).StepPath } }, CancellationToken.None));
            Assert.Null(await metrics.WriteAsync(CancellationToken.None));
        }

        var (one, two) = (await IssueAsync("one"), await IssueAsync("two"));
        await RunAsync(await SceneAsync("web"));
        await WriteAsync(one.CertificatePath, two.CertificatePath);
        Assert.Equal([null, null, "web"], Read().Select(metrics => metrics.Name));
        Assert.Equal([0L, 0L], Read().Where(metrics => metrics.Name is null).Select(metrics => metrics.Failing!.Value));
        Assert.All(Read().Where(metrics => metrics.Name is null), metrics => Assert.Null(metrics.Interval));

        var success = Read()[1].LastSuccess;
        File.WriteAllText(two.CertificatePath, "damaged");
        await WriteAsync(two.CertificatePath);
        Assert.Equal((1L, success), (Read().Single(metrics => metrics.Path == two.CertificatePath).Failing, Read().Single(metrics => metrics.Path == two.CertificatePath).LastSuccess));
        Assert.Equal(3, Read().Count);

        File.Delete(one.CertificatePath);
        await WriteAsync(two.CertificatePath);
        Assert.Equal([two.CertificatePath], Read().Where(metrics => metrics.Name is null).Select(metrics => metrics.Path));
        // A certificate that the call names is not forgotten.
        File.Delete(two.CertificatePath);
        await WriteAsync(two.CertificatePath);
        Assert.Equal([1L], Read().Where(metrics => metrics.Name is null).Select(metrics => metrics.Failing!.Value));
    }

    public ValueTask DisposeAsync()
    {
        disposables.ForEach(one => one.Dispose());
        folder.Dispose();
        return default;
    }

    private static long? Unix(DateTime? time) => time is { } local ? new DateTimeOffset(local).ToUnixTimeSeconds() : null;

    private static Task<RegisteredOutcome> RunAsync(RegisteredScene scene) => scene.RunAsync(TimeProvider.System, NullLogger.Instance);

    private static Task<RegisteredOutcome> Later(RegisteredScene scene, int hours) => scene.RunAsync(new TestClock(TimeSpan.FromHours(hours)), NullLogger.Instance);

    private async Task<int> WriteAsync(string[] wrapper, int value)
    {
        await using var child = Child.StartAs(wrapper, "metrics", Prom, "web", $"{value}", "1");
        return (await child.EndAsync()).ExitCode;
    }

    // A file that a killed process left does not stop the next one.
    private async Task RequireWholeAsync(int run)
    {
        Assert.Equal([run], Read().Select(metrics => (int)metrics.LastRun!.Value).Distinct());
        Assert.Equal([Prom], Directory.GetFiles(folder.At("textfile"), "*.prom"));
        Assert.Equal(0, await WriteAsync([], 3));
        Assert.Equal([3], Read().Select(metrics => (int)metrics.LastRun!.Value).Distinct());
        Assert.Equal([".stepcarenew.prom.lock", "stepcarenew.prom"], Directory.GetFiles(folder.At("textfile")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private List<CertificateMetrics> Read() => [.. MetricText.Parse(File.ReadAllBytes(Prom))!.OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Path, StringComparer.Ordinal)];

    private async Task<IssuedPair> IssueAsync(string name)
    {
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        return await ca.IssueAsync(new() { Folder = Directory.CreateDirectory(folder.At("pairs")).FullName, Name = name });
    }

    private async Task<RegisteredScene> SceneAsync(string name, Func<RenewalDefinition, RenewalDefinition>? change = null)
    {
        var (ca, pair) = (await TestCas.GetAsync(CaKind.DevCa), await IssueAsync(name));
        var definition = new RenewalDefinition { Name = name, CertificatePath = pair.CertificatePath, Ca = new() { StepPath = ca.StepPath }, MetricsPath = Prom };
        var scene = new RegisteredScene(change?.Invoke(definition) ?? definition);
        lock (disposables)
            disposables.Add(scene);
        return scene;
    }

    private sealed class NoSink : IEventSink
    {
        public bool Shows(EventLevel level) => false;

        public void Show(EventLevel level, string message)
        {
        }
    }
}
