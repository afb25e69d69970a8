using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Inspection;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Registration;
using StepCaRenew.Stores.Files;

namespace StepCaRenew.Integration.Registrations;

/// <summary>A folder as one registered renewal: one run for all certificates that are there, with outcomes, states and follow-ups of their own.</summary>
public sealed class SeveralCertificatesTests : EngineTest
{
    private static readonly TimeSpan Due = TimeSpan.FromHours(17);

    public SeveralCertificatesTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these tests are those of Unix.");

    private string Certificates => Path.Combine(Folder, "mine");

    private string Trace => Path.Combine(Folder, "trace");

    private string[] Acted => File.Exists(Trace) ? File.ReadAllLines(Trace) : [];

    [Fact]
    public async Task TwoHundredCertificates_ThreeOfThemBroken_OneAddedLater()
    {
        var ca = await CaAsync(CaKind.DevCa30);
        using var scene = Register(ca);
        for (var number = 0; number < 200; number++)
            await AddAsync(ca, $"host{number:000}");
        // Not pairs: no error.
        File.Copy(ca.RootPath, At("root.crt"));
        await File.WriteAllTextAsync(At("notes.txt"), "x");
        File.Copy(At("host001.key"), At("host000.key"), overwrite: true);
        File.Delete(At("host100.key"));
        await File.WriteAllTextAsync(At("host199.crt"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        Array.ForEach(["host000.key", "host199.crt"], name => Age(At(name)));

        var before = ca.RequestCount("/renew");
        var (outcome, exitCode) = await scene.CheckAsync();
        Assert.Equal((200, 197, RunExitCode.RenewalFailed), (outcome.Runs.Count, outcome.Runs.Count(run => run.Result.Status == RenewalStatus.Renewed), exitCode));
        Assert.Equal(
            [("all/host000", ErrorId.KeyMismatch), ("all/host100", ErrorId.KeyNotFound), ("all/host199", ErrorId.CertificateInvalid)],
            outcome.Runs.Where(run => run.Error is not null).Select(run => (run.Result.Name, run.Error!.ErrorId)));
        Assert.Equal(197, ca.RequestCount("/renew") - before);
        Assert.Equal(["197"], Acted);

        var state = scene.State;
        Assert.Equal((200, RenewalStatus.Failed, ErrorId.KeyMismatch), (state.Certificates!.Count, state.LastStatus, state.LastErrorId));
        Assert.StartsWith("3 of 200 certificates have an error; the first is: ", state.LastErrorMessage, StringComparison.Ordinal);
        Assert.Equal((RenewalStatus.Renewed, null), (state.StateOf(At("host050.crt")).LastStatus, state.StateOf(At("host050.crt")).LastErrorId));
        Assert.Equal((RenewalStatus.Failed, ErrorId.KeyNotFound), (state.StateOf(At("host100.crt")).LastStatus, state.StateOf(At("host100.crt")).LastErrorId));

        await AddAsync(ca, "added");
        var (next, _) = await scene.CheckAsync();
        Assert.Equal("all/added", Assert.Single(next.Runs, run => run.Result.Status == RenewalStatus.Renewed).Result.Name);
        Assert.Equal((201, 3), (next.Runs.Count, next.Runs.Count(run => run.Error is not null)));
        Assert.Equal(["197", "1"], Acted);
        Assert.False(scene.State.ActionsPending);
        Assert.Empty(Directory.EnumerateFiles(scene.StateFolder, "*-pending"));
    }

    // The last certificate is locked, so that the process is killed when all others are renewed and nothing else is done.
    [Fact]
    public async Task KilledInTheMiddle_TheNextRunCompletes_AndRunsTheActionOnceForAll()
    {
        var ca = await CaAsync(CaKind.DevCa30);
        using var scene = Register(ca);
        for (var number = 0; number < 5; number++)
            await AddAsync(ca, $"host{number}");
        using (var folders = new OpenFolders())
        using (await PairLock.AcquireAsync(folders, PairPaths.Resolve(At("host4.crt"), At("host4.key")), TimeSpan.Zero, Clock, NullLogger.Instance, CancellationToken.None))
        {
            await using var child = Child.Start("run-registered", scene.Home, "all");
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (Directory.EnumerateFiles(scene.StateFolder, "*-pending").Count() < 4)
                await Task.Delay(20, patience.Token);
            await Task.Delay(300, patience.Token);
            await child.KillAsync();
        }

        Assert.Empty(Acted);
        var serials = Enumerable.Range(0, 5).Select(number => Serial($"host{number}")).ToList();
        var (outcome, exitCode) = await scene.CheckAsync();
        Assert.Equal(RunExitCode.Success, exitCode);
        Assert.Equal(["NotDue", "NotDue", "NotDue", "NotDue", "Renewed"], outcome.Runs.Select(run => run.Result.Status));
        Assert.Equal(serials[..4], Enumerable.Range(0, 4).Select(number => Serial($"host{number}")));
        Assert.Equal(["5"], Acted);
        Assert.All(Enumerable.Range(0, 5), number =>
        {
            var state = scene.State.StateOf(At($"host{number}.crt"));
            Assert.Equal((Serial($"host{number}"), false, null), (state.Served?.SerialNumber, state.ActionsPending, state.LastErrorId));
        });
        Assert.Empty(Directory.EnumerateFiles(scene.StateFolder, "*-pending"));
        await scene.CheckAsync();
        Assert.Single(Acted);
    }

    [Fact]
    public async Task ActionThatFails_StaysPendingForTheCertificatesThatWereRenewed_AndRunsOnceForThem()
    {
        var ca = await CaAsync(CaKind.DevCa30);
        using var scene = Register(ca, $"[ -e '{Path.Combine(Folder, "gate")}' ] && ");
        await AddAsync(ca, "one");
        await AddAsync(ca, "two");
        await ca.IssueAsync(new() { Name = "fresh", Folder = Certificates });
        var (_, failed) = await scene.CheckAsync();
        Assert.Equal(RunExitCode.ActionsFailed, failed);
        Assert.Equal([false, true, true], new[] { "fresh", "one", "two" }.Select(name => scene.State.StateOf(At($"{name}.crt")).ActionsPending));
        Assert.True(scene.State.ActionsPending);
        await File.WriteAllTextAsync(Path.Combine(Folder, "gate"), string.Empty);
        var (_, exitCode) = await scene.CheckAsync();
        Assert.Equal((RunExitCode.Success, false), (exitCode, scene.State.ActionsPending));
        Assert.Equal(["2"], Acted);
    }

    [Fact]
    public async Task Failures_AreReportedOncePerErrorAndCertificate_AndEachRecoveryOnce()
    {
        var ca = await CaAsync(CaKind.DevCa30);
        using var scene = Register(ca);
        var told = Path.Combine(Folder, "told");
        var definition = scene.Store.Load("all") with { OnFailure = [new(new CommandAction("/bin/sh", ["-c", $"echo \"$STEPCARENEW_EVENT $STEPCARENEW_ERROR_ID $STEPCARENEW_NAME $STEPCARENEW_CERTIFICATE_PATH\" >> '{told}'"]))] };
        async Task<string[]> RunAsync(RenewalDefinition next, int count = 3)
        {
            scene.Store.Save(next);
            for (var run = 0; run < count; run++)
                await scene.CheckAsync();
            var lines = File.Exists(told) ? await File.ReadAllLinesAsync(told) : [];
            File.Delete(told);
            return [.. lines.Select(line => line.Replace(Certificates, "mine", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        }

        await AddAsync(ca, "one");
        await AddAsync(ca, "two");
        await ca.IssueAsync(new() { Name = "fresh", Folder = Certificates });
        var down = definition with { Ca = definition.Ca with { CaUrl = "https://127.0.0.1:9" }, RetryTimeout = TimeSpan.Zero };
        Assert.Equal(["failure CaUnreachable all/one mine/one.crt", "failure CaUnreachable all/two mine/two.crt"], await RunAsync(down, count: 10));
        File.Move(At("two.key"), At("two.away"));
        Assert.Equal(["failure KeyNotFound all/two mine/two.crt"], await RunAsync(down));
        Assert.Equal(["recovery CaUnreachable all/one mine/one.crt"], await RunAsync(definition));
        File.Move(At("two.away"), At("two.key"));
        Assert.Equal(["recovery KeyNotFound all/two mine/two.crt"], await RunAsync(definition));
        // A folder that is gone is the failure of the renewal, not of each certificate.
        Directory.Move(Certificates, Certificates + "-away");
        Assert.Equal(["failure FileNotFound all mine"], await RunAsync(definition));
        Directory.Move(Certificates + "-away", Certificates);
        Assert.Equal(["recovery FileNotFound all mine"], (await RunAsync(definition)).Select(line => line[..line.LastIndexOf(' ')] + " mine"));
    }

    // The same as a user without rights: a service that renews its own folder.
    [Fact]
    public async Task UserWithoutRights_RenewsAFolder_AndAForeignKeyFailsAlone()
    {
        Tool.RequireRoot();
        Tool.Require("setpriv");
        var ca = await CaAsync(CaKind.DevCa30);
        using var scene = Register(ca);
        foreach (var name in new[] { "one", "two", "roots" })
            await AddAsync(ca, name);
        // The user can read no configuration of root.
        File.Copy(ca.RootPath, Path.Combine(Folder, "ca.crt"));
        scene.Store.Save(scene.Store.Load("all") with { Ca = new() { CaUrl = ca.Url.OriginalString, RootPath = Path.Combine(Folder, "ca.crt") } });
        Tool.Run("chmod", "0755", Folder, scene.Home);
        Tool.Run("chown", "-R", $"{Unprivileged.User}:{Unprivileged.User}", Folder, scene.Home);
        Tool.Run("chown", "0:0", At("roots.key"));
        Tool.Run("chmod", "0600", At("roots.key"));
        await using (var child = Child.StartAs(["setpriv", $"--reuid={Unprivileged.User}", $"--regid={Unprivileged.User}", "--clear-groups", "env", $"HOME={scene.Home}"], "run-registered", scene.Home, "all"))
        {
            var (_, output, errors) = await child.EndAsync();
            Assert.True(errors.Length == 0, errors);
            Assert.Contains(ErrorId.AccessDenied, output, StringComparison.Ordinal);
        }

        Assert.Equal([ErrorId.AccessDenied, null, null], new[] { "roots", "one", "two" }.Select(name => scene.State.StateOf(At($"{name}.crt")).LastErrorId));
        Assert.Equal(["2"], Acted);
        Assert.Equal((Unprivileged.User, Unprivileged.User), Unprivileged.OwnerOf(At("one.crt")));
    }

    // Another program can be replacing it: then its successor must be served.
    [Fact]
    public async Task CertificateThatIsMissingForOneRun_IsComparedWithTheOneLastServed()
    {
        var ca = await CaAsync(CaKind.DevCa30);
        using var scene = Register(ca);
        await AddAsync(ca, "web", TimeSpan.Zero);
        await AddAsync(ca, "other", TimeSpan.Zero);
        await scene.CheckAsync();
        File.Delete(At("web.crt"));
        Assert.Equal(RunExitCode.Success, (await scene.CheckAsync()).ExitCode);
        Assert.NotNull(scene.State.StateOf(At("web.crt")).MissingSince);
        await AddAsync(ca, "web", TimeSpan.Zero);
        var (outcome, _) = await scene.CheckAsync();
        Assert.Equal(["NotDue", "NotDue"], outcome.Runs.Select(run => run.Result.Status));
        Assert.Single(Acted);
        Assert.Equal((Serial("web"), null), (scene.State.StateOf(At("web.crt")).Served!.SerialNumber, scene.State.StateOf(At("web.crt")).MissingSince));
    }

    [Fact]
    public async Task FolderWithoutACertificate_IsRefused_AndKeepsTheStates()
    {
        var ca = await CaAsync(CaKind.DevCa30);
        using var scene = Register(ca);
        await AddAsync(ca, "web", TimeSpan.Zero);
        await scene.CheckAsync();
        File.Move(At("web.crt"), Path.Combine(Folder, "web.crt"));
        var (outcome, exitCode) = await scene.CheckAsync();
        Assert.Equal((ErrorId.NoCertificateFound, RunExitCode.ConfigurationRefused), (outcome.Refusal?.ErrorId, exitCode));
        Assert.Equal((ErrorId.NoCertificateFound, 1), (scene.State.LastErrorId, scene.State.Certificates!.Count));
    }

    private RegisteredScene Register(ITestCa ca, string condition = "")
    {
        Directory.CreateDirectory(Certificates);
        return new RegisteredScene(new RenewalDefinition
        {
            Name = "all",
            Certificates = new CertificateSet { Path = Certificates },
            Ca = new() { StepPath = ca.StepPath },
            Interval = TimeSpan.FromMinutes(15),
            Actions = [new CommandAction("/bin/sh", ["-c", $"{condition}echo $STEPCARENEW_COUNT >> '{Trace}'"])],
        });
    }

    private string At(string name) => Path.Combine(Certificates, name);

    private string Serial(string name)
    {
        using var certificate = StepCaRenew.Certificates.CertificateFile.Load(At($"{name}.crt"));
        return certificate.Leaf.SerialNumber;
    }

    private async Task AddAsync(ITestCa ca, string name, TimeSpan? age = null)
    {
        await ca.IssueAsync(new() { Name = name, Folder = Certificates, Age = age ?? Due });
        Age(At($"{name}.crt"));
        Age(At($"{name}.key"));
    }
}
