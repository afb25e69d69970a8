using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Faults;

/// <summary>The old pair is deleted last, whatever other programs do next to it, and whatever its files contain.</summary>
public sealed class OldPairTests : FaultTest
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public async Task StagedFileThatSomebodyEmpties_NeverCostsTheOldPair(bool rekey, int at)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var request = Request(ca, pair) with { Rekey = rekey };
        var engine = new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, Log, _ => new EmptyingVolume(at));
        await engine.RenewAsync(request, CancellationToken.None);
        // If it was emptied at the moment of the exchange, the next run recovers it.
        await RunAsync(request with { Rekey = false, Rule = RenewalRule.Default });
        using var after = CertificatePair.Load(pair.CertificatePath, pair.KeyPath, null);
        Assert.True(after.Matches);
    }

    [Fact]
    public async Task Recovery_KeepsTheRightsOfTheFileThatItReplaces()
    {
        Tool.RequireRoot();
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var request = Request(ca, pair);
        await CrashHalfwayAsync(request);
        var leftover = Path.Combine(Path.GetDirectoryName(pair.KeyPath)!, $".{Path.GetFileName(pair.KeyPath)}.stepcarenew-new");
        Tool.Run("chmod", "0600", pair.KeyPath);
        Tool.Run("chmod", "0666", leftover);
        Unprivileged.GiveAway(leftover);
        var before = Rights.Describe(pair.KeyPath).ToString();
        await RunAsync(request with { Rule = RenewalRule.Default });
        Assert.Equal(before, Rights.Describe(pair.KeyPath).ToString());
        using var after = CertificatePair.Load(pair.CertificatePath, pair.KeyPath, null);
        Assert.True(after.Matches);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rekey_OfMixedPairFiles_IsRefused_AndTheCaIsNotAsked(bool keyInCertificateFile)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        if (keyInCertificateFile)
            File.AppendAllText(pair.CertificatePath, File.ReadAllText(pair.KeyPath));
        else
            File.AppendAllText(pair.KeyPath, File.ReadAllText(pair.CertificatePath));
        var (certificate, key) = (File.ReadAllText(pair.CertificatePath), File.ReadAllText(pair.KeyPath));
        var (result, error) = await RunAsync(Request(ca, pair) with { Rekey = true });
        Assert.Equal(ErrorId.MixedPairFiles, error?.ErrorId);
        Assert.Equal(0, result.Attempts);
        Assert.Equal(certificate, File.ReadAllText(pair.CertificatePath));
        Assert.Equal(key, File.ReadAllText(pair.KeyPath));
        // Without a new key nothing of it is stale.
        Assert.Equal(RenewalStatus.Renewed, (await RunAsync(Request(ca, pair))).Result.Status);
    }

    // The last check: another program can damage the new file right after the run has written it.
    [Fact]
    public async Task KeyThatSomebodyReplacesRightAfterwards_IsTold()
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var other = await IssueIntoAsync(ca, Path.Combine(Folder, "other"));
        var engine = new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, Log, _ => new EmptyingVolume(-1) { OnFlushFolder = () => File.Copy(other.KeyPath, pair.KeyPath, overwrite: true) });
        var (result, error) = await engine.RenewAsync(Request(ca, pair), CancellationToken.None);
        AssertResult.Is(result, RenewalStatus.Failed, changed: true);
        Assert.Equal(ErrorId.KeyMismatch, error?.ErrorId);
    }

    // A program that copies over a file empties it first.
    [Fact]
    public async Task DeploymentThatWritesInPlace_IsWaitedFor()
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var certificate = File.ReadAllText(pair.CertificatePath);
        File.WriteAllText(pair.CertificatePath, string.Empty);
        Log.OnEvent = id =>
        {
            if (id == Event.DeploymentAwaited)
                File.WriteAllText(pair.CertificatePath, certificate);
        };
        Assert.Equal(RenewalStatus.Renewed, (await RunAsync(Request(ca, pair))).Result.Status);
    }

    /// <summary>Empties the staged file just before one of the exchanges.</summary>
    private sealed class EmptyingVolume(int at) : IVolume
    {
        private readonly Volume volume = new(new OpenFolders());
        private int calls;

        public Action OnFlushFolder { get; init; } = () => { };

        public byte[]? Read(string path) => volume.Read(path);

        public bool Exists(string path) => volume.Exists(path);

        public void RequireReplaceable(string target) => volume.RequireReplaceable(target);

        public IStagedFile CreateLike(string path, string model) => volume.CreateLike(path, model);

        public IStagedFile CreateOwn(string path) => volume.CreateOwn(path);

        public IStagedFile Create(string path, UnixFileMode mode) => volume.Create(path, mode);

        public bool HasRightsOf(string path, string model) => volume.HasRightsOf(path, model);

        public bool TryLink(string existing, string name) => volume.TryLink(existing, name);

        public void Rename(string source, string target) => volume.Rename(source, target);

        public void Delete(string path) => volume.Delete(path);

        public void FlushFolder(string folder)
        {
            volume.FlushFolder(folder);
            OnFlushFolder();
        }

        public bool TryExchange(string one, string other)
        {
            if (calls++ == at)
            {
                File.Delete(one);
                File.WriteAllText(one, string.Empty);
            }

            return volume.TryExchange(one, other);
        }
    }
}
