using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Accounts;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Integration.Attacks;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Policy;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Actions;

/// <summary>A registered run serves the certificate on disk, whichever program put it there, if it is a successor of the one last served.</summary>
public sealed class ReplacedByOthersTests : EngineTest, IAsyncDisposable
{
    private const string Name = "web";

    private readonly DefinitionStore store;
    private readonly Attacks.Monitor monitor = new();
    private readonly List<ITestCa> cas = [];
    private ITestCa ca = null!;
    private IssuedPair pair = null!;

    public ReplacedByOthersTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these tests are those of Unix.");
        store = new DefinitionStore(RenewalFolders.ForScope(RenewalScope.CurrentUser, variable => variable == RenewalFolders.HomeVariable ? Path.Combine(Folder, "home") : null));
    }

    private string Trace => Path.Combine(Folder, "trace");

    private string Record => Path.Combine(store.Folders.StateFolder(Name), "pending");

    private string[] Acted => File.Exists(Trace) ? File.ReadAllLines(Trace) : [];

    private RenewalState State => new StateStore(store.Folders, NullLogger.Instance).Read(Name);

    [Fact]
    public async Task StateWithoutBaseline_IsAdopted_AndNothingRuns()
    {
        await RegisterAsync();
        var (result, exit) = await RunAsync();
        Assert.Equal((RenewalStatus.NotDue, null, false, 0), (result.Status, result.ErrorId, result.ActionsPending, exit));
        Assert.Empty(Acted);
        Assert.Equal((pair.Leaf.SerialNumber, pair.Leaf.Subject), (State.Served!.SerialNumber, State.Served.Subject));
        Assert.Equal([$"DNS:{pair.Leaf.Subject[3..]}"], State.Served.Names);
    }

    [Fact]
    public async Task RenewalByAnotherProgram_IsServedOnce()
    {
        await ServedAsync();
        var replaced = await ReissueAsync();
        var (result, exit) = await RunAsync();
        Assert.Equal((RenewalStatus.NotDue, false, null, false, 0), (result.Status, result.Changed, result.ErrorId, result.ActionsPending, exit));
        Assert.Equal([$"{pair.Leaf.SerialNumber} {replaced.Leaf.SerialNumber}"], Acted);
        Assert.Equal(replaced.Leaf.SerialNumber, State.Served!.SerialNumber);
        Assert.False(File.Exists(Record));
        await RunAsync();
        Assert.Single(Acted);
    }

    [Fact]
    public async Task RunByPath_ThenByName_ServesTheRegistration()
    {
        await ServedAsync();
        var (byPath, error) = await RunAsync(Request(ca, pair));
        Assert.True(error is null, $"{error}");
        Assert.Equal((RenewalStatus.Renewed, false), (byPath.Status, byPath.ActionsPending));
        Assert.Empty(Acted);
        var (byName, _) = await RunAsync();
        Assert.Equal((RenewalStatus.NotDue, false), (byName.Status, byName.ActionsPending));
        Assert.Equal([$"{byPath.OldSerialNumber} {byPath.SerialNumber}"], Acted);
    }

    [Fact]
    public async Task FailedAction_StaysPending_AndTheCorrectedOneRunsOnce()
    {
        await ServedAsync();
        await ReissueAsync();
        Define(new CommandAction("/bin/sh", ["-c", "exit 3"]));
        var (failed, exit) = await RunAsync();
        Assert.Equal((RenewalStatus.NotDue, ErrorId.ActionFailed, true, RunExitCode.ActionsFailed), (failed.Status, failed.ErrorId, failed.ActionsPending, exit));
        Assert.Equal(pair.Leaf.SerialNumber, State.Served!.SerialNumber);
        Assert.True(File.Exists(Record));

        Define(Append());
        Assert.False((await RunAsync()).Result.ActionsPending);
        await RunAsync();
        Assert.Single(Acted);
        Assert.False(State.ActionsPending);
    }

    [Theory]
    [InlineData("another key", "does not match the key")]
    [InlineData("other names", "has the subject")]
    [InlineData("another root", "does not chain")]
    [InlineData("not valid yet", "is valid from")]
    public async Task CertificateThatIsNotASuccessor_IsForeign_AndNothingRuns(string kind, string reason)
    {
        await ServedAsync();
        await SpoilAsync(kind);
        foreach (var isForced in new[] { false, true })
        {
            var (result, exit) = await RunAsync(isForced);
            Assert.Equal((RenewalStatus.Failed, ErrorId.ForeignCertificate, RunExitCode.RenewalFailed), (result.Status, result.ErrorId, exit));
            Assert.Contains(reason, result.Message, StringComparison.Ordinal);
            Assert.Equal("POST /ping/fail ForeignCertificate", monitor.Told[^1]);
            Assert.Equal((ErrorId.ForeignCertificate, pair.Leaf.SerialNumber), (State.LastErrorId, State.Served!.SerialNumber));
        }

        Assert.Empty(Acted);
        Assert.Equal(0, ca.RequestCount("/renew"));
        Assert.False(File.Exists(Record));
    }

    // It is renewed first, and served then. If that fails, no service loads it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ExpiredSuccessor_IsServedOnceItIsRenewed(bool isRenewed)
    {
        await ServedAsync(isRenewed ? RenewsExpired : new());
        var expired = await ReissueAsync(age: TimeSpan.FromMinutes(15), lifetime: TimeSpan.FromMinutes(10));
        var (result, _) = await RunAsync();
        Assert.Equal((isRenewed ? RenewalStatus.Renewed : RenewalStatus.Failed, !isRenewed, expired.Leaf.SerialNumber), (result.Status, result.ActionsPending, result.OldSerialNumber));
        Assert.Equal(isRenewed ? [$"{expired.Leaf.SerialNumber} {result.SerialNumber}"] : [], Acted);
        Assert.NotEqual(ErrorId.ForeignCertificate, result.ErrorId);
    }

    // The services use the certificate in place; nobody has replaced it.
    [Fact]
    public async Task KeyThatAnotherProgramReplaced_IsAMismatch()
    {
        await ServedAsync();
        var certificate = await File.ReadAllBytesAsync(pair.CertificatePath);
        await ReissueAsync();
        await File.WriteAllBytesAsync(pair.CertificatePath, certificate);
        Age(pair.CertificatePath);
        Assert.Equal(ErrorId.KeyMismatch, (await RunAsync()).Result.ErrorId);
    }

    // An update of the module finds a record of the version before it, and no certificate last served.
    [Fact]
    public async Task RecordOfTheEarlierVersion_IsServed()
    {
        await RegisterAsync();
        await File.WriteAllTextAsync(Record, $$"""{"version":1,"pending":[{"index":0,"hash":"{{Append().Hash}}","serial":"0A","time":"{{DateTime.UtcNow:O}}"}]}""" + "\n");
        var (result, _) = await RunAsync();
        Assert.Equal((RenewalStatus.NotDue, false), (result.Status, result.ActionsPending));
        Assert.Equal([$"0A {pair.Leaf.SerialNumber}"], Acted);
        Assert.Equal(pair.Leaf.SerialNumber, State.Served!.SerialNumber);
        Assert.False(File.Exists(Record));
    }

    // The second run has read the state before the first one wrote it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TwoRunsSideBySide_ServeTheCertificateOnce(bool isReplacedByOthers)
    {
        await ServedAsync();
        using var first = NewRuns(isForced: !isReplacedByOthers);
        if (isReplacedByOthers)
            await ReissueAsync();
        else
            await ActAsync();
        using var second = NewRuns(isForced: false, () => isReplacedByOthers ? ActAsync() : Task.CompletedTask);
        await FinishAsync(second);
        await first.FinishAsync(CancellationToken.None);
        var (one, other) = (first.Outcomes.Single().Result!, second.Outcomes.Single().Result!);
        Assert.Equal((RenewalStatus.NotDue, null, false), (other.Status, other.ErrorId, other.ActionsPending));
        Assert.Equal([$"{pair.Leaf.SerialNumber} {one.SerialNumber}"], Acted);
        Assert.Equal(one.SerialNumber, State.Served!.SerialNumber);

        async Task ActAsync()
        {
            await first.RenewAsync(0, store, Name, CancellationToken.None);
            await first.ActAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in cas)
            await one.DisposeAsync();
        monitor.Dispose();
        Dispose();
    }

    private CommandAction Append() => new("/bin/sh", ["-c", "echo \"$STEPCARENEW_OLD_SERIAL $STEPCARENEW_SERIAL\" >> \"$0\"", Trace]);

    private void Define(ActionDefinition action) => store.Save(new RenewalDefinition
    {
        Name = Name,
        Scope = RenewalScope.CurrentUser,
        CertificatePath = pair.CertificatePath,
        KeyPath = pair.KeyPath,
        Ca = new() { StepPath = ca.StepPath },
        Rule = new RenewalRule.ExpiresIn(TimeSpan.FromMinutes(1)),
        HealthCheckUriFile = store.MonitorFile(Name),
        Actions = [action],
    });

    private async Task RegisterAsync(TestCaOptions? options = null)
    {
        ca = await StartCaAsync(options);
        pair = await IssueAsync(ca);
        OwnFolder.Make(store.Folders.Definitions, RenewalScope.CurrentUser);
        OwnFolder.Make(store.Folders.StateFolder(Name), RenewalScope.CurrentUser);
        await File.WriteAllTextAsync(store.MonitorFile(Name), monitor.Address);
        Tool.Run("chmod", "0600", store.MonitorFile(Name));
        Define(Append());
    }

    // A CA of the test's own, which counts its requests.
    private async Task<ITestCa> StartCaAsync(TestCaOptions? options = null)
    {
        cas.Add(await TestCas.StartAsync(CaKind.DevCa, options ?? new()));
        return cas[^1];
    }

    private async Task ServedAsync(TestCaOptions? options = null)
    {
        await RegisterAsync(options);
        await RunAsync();
        Assert.NotNull(State.Served);
    }

    private async Task<(RenewalResult Result, int ExitCode)> RunAsync(bool isForced = false)
    {
        using var runs = NewRuns(isForced);
        await FinishAsync(runs);
        return (runs.Outcomes.Single().Result!, runs.ExitCode);
    }

    private RegisteredRuns NewRuns(bool isForced, Func<Task>? onApprove = null)
    {
        var options = new RegisteredRunOptions { Module = new RunningModule(null, Folder), IsForced = isForced, IsScheduled = true, RetryTimeout = TimeSpan.Zero };
        return new RegisteredRuns(
            options with
            {
                ApproveAsync = async (_, _) =>
                {
                    await (onApprove?.Invoke() ?? Task.CompletedTask);
                    return true;
                },
            },
            Clock, () => 0.5, _ => null, Log);
    }

    private async Task FinishAsync(RegisteredRuns runs)
    {
        await runs.RenewAsync(0, store, Name, CancellationToken.None);
        await runs.ActAsync(CancellationToken.None);
        await runs.FinishAsync(CancellationToken.None);
    }

    private Task<IssuedPair> ReissueAsync(TimeSpan? age = null, TimeSpan? lifetime = null) => IssueAgainAsync(ca, pair.Leaf.Subject[3..], age, lifetime);

    // As another program does it: new files of the same names.
    private async Task<IssuedPair> IssueAgainAsync(ITestCa from, string name, TimeSpan? age = null, TimeSpan? lifetime = null)
    {
        var other = Directory.CreateDirectory(Path.Combine(Folder, Guid.NewGuid().ToString("N"))).FullName;
        var issued = await from.IssueAsync(new IssueOptions { Name = name, Folder = other, Age = age, Lifetime = lifetime });
        File.Move(issued.KeyPath, pair.KeyPath, overwrite: true);
        File.Move(issued.CertificatePath, pair.CertificatePath, overwrite: true);
        Age(pair.CertificatePath);
        Age(pair.KeyPath);
        return issued;
    }

    private async Task SpoilAsync(string kind)
    {
        switch (kind)
        {
            case "another key":
                var key = await File.ReadAllBytesAsync(pair.KeyPath);
                await ReissueAsync();
                await File.WriteAllBytesAsync(pair.KeyPath, key);
                Age(pair.KeyPath);
                break;
            case "other names":
                await IssueAgainAsync(ca, "other.local");
                break;
            case "another root":
                await IssueAgainAsync(await StartCaAsync(), pair.Leaf.Subject[3..]);
                break;
            default:
                await ReissueAsync(age: TimeSpan.FromHours(-2), lifetime: TimeSpan.FromHours(3));
                break;
        }
    }
}
