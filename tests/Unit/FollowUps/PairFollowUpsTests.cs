using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Servers;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.FollowUps;

public sealed class PairFollowUpsTests : IDisposable
{
    private const byte Old = 0x0A;
    private const byte New = 0x0B;

    private static readonly ActionDefinition Reload = new ServiceAction("web", IsReload: true);
    private static readonly ActionDefinition Restart = new ServiceAction("web", IsReload: false);
    private static readonly ActionDefinition Mail = new ServiceAction("mail", IsReload: false);

    private readonly TestFolder folder = new();
    private readonly OpenFolders folders = new();
    private readonly CollectingLogger log = new();
    // Windows waits for a file that it cannot replace.
    private readonly InstantClock clock = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FollowUpRunner runner;
    private readonly PairPaths paths;

    public PairFollowUpsTests()
    {
        runner = new FollowUpRunner(clock);
        Place(Old);
        paths = new PairPaths(folder.At("web.crt"), folder.At("web.key"));
    }

    private FollowUpRecord? OnDisk => File.Exists(paths.Pending) ? FollowUpRecord.Parse(File.ReadAllBytes(paths.Pending)) : null;

    public void Dispose()
    {
        runner.Dispose();
        folders.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Load_AfterAReplacement_IsOpen()
    {
        Replace(Reload);
        Assert.Equal([Reload], Load([Reload]).Open);
        Assert.True(File.Exists(paths.Pending));
        Assert.Empty(log.Warnings);
    }

    [Fact]
    public void Load_AfterACrashBeforeTheReplacement_IsNotOpen()
    {
        var run = Load([Reload]);
        run.Stage();
        run.CommitRecord();
        Assert.False(Load([Reload]).IsOpen);
        Assert.False(File.Exists(paths.Pending));
        Assert.Empty(log.Warnings);
    }

    [Fact]
    public void Stage_DisposedWithoutAReplacement_WithdrawsTheRecord()
    {
        var run = Load([Reload]);
        using (run.Stage())
        {
            Assert.True(File.Exists(paths.StagedPending));
            run.CommitRecord();
            Assert.True(File.Exists(paths.Pending));
        }

        Assert.Equal([".web.crt.stepcarenew-acting", "web.crt", "web.key"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Stage_WithOpenFollowUps_KeepsTheirRecord()
    {
        Replace(Reload);
        var before = File.ReadAllBytes(paths.Pending);
        clock.Advance(TimeSpan.FromHours(1));
        var run = Load([Reload, Restart]);
        using (run.Stage())
            run.CommitRecord();
        run.Dispose();

        Assert.Equal(before, File.ReadAllBytes(paths.Pending));
        Place(0x0C);
        var later = Load([Reload, Restart]);
        Assert.Equal([Reload, Restart], later.Open);
        Assert.True(later.IsRetry);
        Assert.Equal("0A", later.Subject.OldSerialNumber);
    }

    [Fact]
    public async Task Complete_OneOfTwoDone_LeavesTheOtherOpen()
    {
        Replace(Reload, Restart);
        await Load([Reload, Restart]).CompleteAsync(new HashSet<string> { Reload.Hash });
        Assert.Equal([Restart], Load([Reload, Restart]).Open);
        Assert.Equal([Reload.Hash], OnDisk!.Done);
    }

    [Fact]
    public async Task Complete_AllDone_DeletesTheRecord()
    {
        Replace(Reload, Restart);
        var run = Load([Reload, Restart]);
        await run.CompleteAsync(new HashSet<string> { Reload.Hash, Restart.Hash });
        Assert.False(run.IsOpen);
        Assert.False(File.Exists(paths.Pending));
    }

    // Somebody has corrected the action that failed.
    [Fact]
    public async Task Complete_CorrectedAction_ClosesTheRecord()
    {
        Replace(Reload, Restart);
        await Load([Reload, Restart]).CompleteAsync(new HashSet<string> { Reload.Hash });
        var corrected = Load([Reload, Mail]);
        Assert.Equal([Mail], corrected.Open);
        await corrected.CompleteAsync(new HashSet<string> { Mail.Hash });
        Assert.False(File.Exists(paths.Pending));
        Assert.Empty(log.Warnings);
    }

    // The call brings only a part of the actions; another one failed and is still to be run by the call that has it.
    [Fact]
    public async Task Load_OnlyActionsThatAreDone_StaysOpen()
    {
        Replace(Reload, Restart);
        await Load([Reload, Restart]).CompleteAsync(new HashSet<string> { Reload.Hash });
        var part = Load([Reload]);
        Assert.Equal((true, 0), (part.IsOpen, part.Open.Count));
        Assert.Equal([Restart], Load([Reload, Restart]).Open);
    }

    // A registered renewal has all of its actions.
    [Fact]
    public async Task Load_RegisteredAndOnlyActionsThatAreDone_IsClosed()
    {
        var state = Directory.CreateDirectory(folder.At("state")).FullName;
        Replace(state, Reload, Restart);
        await Load([Reload, Restart], state).CompleteAsync(new HashSet<string> { Reload.Hash });
        Assert.Equal([Restart], Load([Reload, Restart], state).Open);
        Assert.Equal("0B", Load([Reload], state).Served!.SerialNumber);
        Assert.Empty(Directory.GetFiles(state, "pending*"));
    }

    [Fact]
    public void Load_WithoutActions_LeavesTheRecord()
    {
        Replace(Reload);
        var run = Load([]);
        Assert.Equal((true, 0), (run.IsOpen, run.Open.Count));
        using var pair = new PemSnapshot(CertificatePair.Load(paths.Certificate, paths.Key, null));
        Assert.Equal((true, false), (run.IsOpenFor(pair), run.HasWorkFor(pair)));
        Assert.NotNull(OnDisk);
        Assert.Empty(log.Warnings);
    }

    [Fact]
    public async Task Complete_NewerCertificateInPlace_LeavesEverythingOpen()
    {
        Replace(Reload);
        var run = Load([Reload]);
        Place(0x0C);
        await run.CompleteAsync(new HashSet<string> { Reload.Hash });
        Assert.True(run.IsOpen);
        Assert.Equal([Reload], Load([Reload]).Open);
    }

    [Fact]
    public async Task Complete_NewerCertificateAndDamagedRecord_LeavesEverythingOpen()
    {
        Replace(Reload);
        File.WriteAllText(paths.Pending, "not json");
        var run = Load([Reload]);
        Place(0x0C);
        await run.CompleteAsync(new HashSet<string> { Reload.Hash });
        Assert.True(run.IsOpen);
        Assert.Equal([Reload], Load([Reload]).Open);
    }

    [Fact]
    public void Load_ReplacedByOthers_IsOpenAndRecorded()
    {
        var state = Directory.CreateDirectory(folder.At("state")).FullName;
        var served = new ServedCertificate("09", "CN=host.example.com", ["DNS:host.example.com"]);
        using (var run = Load([Reload], state, served))
        {
            Assert.Equal([Reload], run.Open);
            Assert.Equal(("09", "0A", false), (run.Subject.OldSerialNumber, run.Subject.SerialNumber, run.IsRetry));
            Assert.Null(run.Served);
        }

        Assert.Equal([Reload], Load([Reload], state).Open);
    }

    // It is renewed first; if that fails, no service loads it.
    [Fact]
    public void Load_ReplacedByOthersAndExpired_IsOpenWithoutAnActionToRun()
    {
        var state = Directory.CreateDirectory(folder.At("state")).FullName;
        clock.Advance(TimeSpan.FromDays(1));
        using var run = Load([Reload], state, new ServedCertificate("09", "CN=host.example.com", ["DNS:host.example.com"]));
        Assert.Equal((true, 0), (run.IsOpen, run.Open.Count));
    }

    // A service that an action stopped is down until the action comes again, even if the old certificate was restored.
    [Theory]
    [InlineData(Old)]
    [InlineData(New)]
    public void Load_WithAStoppedService_IsOpenAndWarnsWithoutItsAction(byte present)
    {
        Write(new FollowUpRecord("0A", clock.GetUtcNow()) { Stopped = new Dictionary<string, IReadOnlyList<string>> { [Reload.Hash] = [new string('a', 64)] } });
        Place(present);
        Assert.Equal([Reload], Load([Reload]).Open);
        Assert.Empty(log.Warnings);
        Assert.True(Load([Mail]).IsOpen);
        Assert.Contains(log.Warnings, one => one.Contains("stopped a service", StringComparison.Ordinal));
        Assert.Equal(Reload.Hash, Assert.Single(OnDisk!.Stopped).Key);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    public async Task Load_DamagedRecord_WarnsAndAllActionsAreOpen(string content)
    {
        File.WriteAllText(paths.Pending, content);
        var run = Load([Reload]);
        Assert.Equal([Reload], run.Open);
        Assert.Contains("damaged", Assert.Single(log.Warnings), StringComparison.Ordinal);
        await run.CompleteAsync(new HashSet<string> { Reload.Hash });
        Assert.False(File.Exists(paths.Pending));
    }

    [Fact]
    public void Load_HugeFile_IsNotRead()
    {
        using (var file = File.Create(paths.Pending))
            file.SetLength(8L * 1024 * 1024 * 1024);
        Assert.Equal([Reload], Load([Reload]).Open);
        Assert.Single(log.Warnings);
    }

    [LinuxFact]
    public async Task Load_Link_IsNotFollowed_AndItsTargetStays()
    {
        Replace(Reload);
        var target = folder.At("elsewhere");
        File.Move(paths.Pending, target);
        File.CreateSymbolicLink(paths.Pending, target);
        var run = Load([Reload]);
        Assert.Single(log.Warnings);
        await run.CompleteAsync(new HashSet<string> { Reload.Hash });
        Assert.True(File.Exists(target));
        Assert.Null(new FileInfo(paths.Pending).LinkTarget);
    }

    [LinuxFact]
    public void CommitRecord_OverALinkOrAPipe_ReplacesIt()
    {
        var run = Load([Reload]);
        UnixFile.MakePipe(paths.Pending);
        File.CreateSymbolicLink(paths.StagedPending, "/etc/passwd");
        run.Stage();
        run.CommitRecord();
        Assert.Equal("0A", OnDisk!.Replaced);
        Assert.Empty(log.Warnings);
    }

    [Fact]
    public void CommitRecord_FolderWithItsName_WarnsAndContinues()
    {
        Directory.CreateDirectory(paths.Pending);
        var run = Load([Reload]);
        run.Stage();
        run.CommitRecord();
        Assert.Contains("cannot be changed", Assert.Single(log.Warnings), StringComparison.Ordinal);
        Assert.False(File.Exists(paths.StagedPending));
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    [LinuxFact]
    public void CommitRecord_AsRoot_GivesTheRecordToTheOwnerOfTheFolderAlone()
    {
        Assert.SkipUnless(Unprivileged.UserId() == 0, "Only root can give files away.");
        File.SetUnixFileMode(paths.Certificate, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        UnixFile.ChangeOwner(paths.Certificate, 1234, 2345);
        UnixFile.ChangeOwner(folder.Path, 3456, 4567);
        Replace(Reload);
        Assert.Equal("3456 4567 600", Tool.Run("stat", "-c", "%u %g %a", paths.Pending).Trim());
    }

    // The certificate of these tests is for host.example.com.
    [Theory]
    [InlineData("https://host.example.com", "host.example.com")]
    [InlineData("https://HOST.example.com", "host.example.com")]
    [InlineData("https://localhost", "host.example.com")]
    [InlineData("https://127.0.0.1", "host.example.com")]
    [InlineData("https://[::1]", "host.example.com")]
    public void NameFor_HostThatTheCertificateIsNotFor_IsANameOfTheCertificate(string address, string expected) =>
        Assert.Equal(expected, Load([]).NameFor(ServerAddress.Parse(address)));

    [Theory]
    [InlineData("https://a.example.com", "a.example.com")]
    [InlineData("https://a.b.example.com", "a.b.example.com")]
    [InlineData("https://127.0.0.1", null)]
    public void NameFor_WildcardCertificate_IsTheHostOrNone(string address, string? expected)
    {
        TestAuthority.Default.Issue(new LeafSpec { SerialNumber = [Old], DnsNames = ["*.example.com"], NotAfter = clock.GetUtcNow().AddDays(1) }).WriteTo(folder, "web");
        Assert.Equal(expected, Load([]).NameFor(ServerAddress.Parse(address)));
    }

    [Theory]
    [InlineData("https://shop.example.com", "shop.example.com")]
    [InlineData("https://a.shop.example.com", "www.example.com")]
    public void NameFor_SeveralNames_PrefersTheHost(string address, string expected)
    {
        TestAuthority.Default.Issue(new LeafSpec { SerialNumber = [Old], DnsNames = ["*.test", "www.example.com", "shop.example.com"], NotAfter = clock.GetUtcNow().AddDays(1) }).WriteTo(folder, "web");
        Assert.Equal(expected, Load([]).NameFor(ServerAddress.Parse(address)));
    }

    private void Write(FollowUpRecord record) => File.WriteAllBytes(paths.Pending, record.Render());

    // The certificate in place.
    private void Place(byte serialNumber) => TestAuthority.Default.Issue(new LeafSpec { SerialNumber = [serialNumber], NotAfter = clock.GetUtcNow().AddDays(1) }).WriteTo(folder, "web");

    private PairFollowUps Load(IReadOnlyList<ActionDefinition> actions, string? recordFolder = null, ServedCertificate? served = null)
    {
        var place = new FileRecord(paths with { RecordFolder = recordFolder }, new Volume(folders), folders, new StoreServices(clock, log), new PemPairForm(null));
        var run = new PairFollowUps(runner, place, new PairLocation(paths.Certificate, paths.Key) { RecordFolder = recordFolder }, actions, served is null ? null : new ServedPlace(served, () => served, _ => { }), TimeSpan.FromMinutes(5), log);
        using var pair = new PemSnapshot(CertificatePair.Load(paths.Certificate, paths.Key, null));
        run.Load(pair);
        return run;
    }

    // As a run that is killed once it has replaced the certificate.
    private void Replace(params ActionDefinition[] actions) => Replace(null, actions);

    private void Replace(string? recordFolder, params ActionDefinition[] actions)
    {
        using var run = Load(actions, recordFolder);
        using var staged = run.Stage();
        run.CommitRecord();
        Place(New);
        run.Confirm();
    }
}
