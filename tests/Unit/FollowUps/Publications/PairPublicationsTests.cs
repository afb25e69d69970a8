using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Stores;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.FollowUps.Publications;

public sealed class PairPublicationsTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly CollectingLogger log = new();
    private readonly TestAuthority authority = TestAuthority.Default;
    private readonly PairLocation location;
    private TestPair pair;

    public PairPublicationsTests()
    {
        Directory.CreateDirectory(folder.At("out"));
        pair = Place();
        location = new PairLocation(folder.At("web.crt"), folder.At("web.key"));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task PublishAsync_WritesWhatIsNotCurrent_AndNothingElse()
    {
        var (bundle, leaf) = (Form(PemForm.Bundle, "web.pem"), Form(PemForm.Leaf, "leaf.pem"));
        Assert.Equal([bundle.Path, leaf.Path], await PublishAsync(bundle, leaf));
        Assert.True(AreCurrent(bundle, leaf));
        File.WriteAllText(leaf.Path, "x");
        Assert.False(AreCurrent(bundle, leaf));
        Assert.Equal([leaf.Path], await PublishAsync(bundle, leaf));
        Assert.Equal([], await PublishAsync(bundle, leaf));
        pair = Place();
        Assert.False(AreCurrent(bundle, leaf));
        Assert.Equal([bundle.Path, leaf.Path], await PublishAsync(bundle, leaf));
        Assert.Equal(["leaf.pem", "web.pem"], Directory.GetFiles(folder.At("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [LinuxFact]
    public async Task PublishAsync_NewFile_IsPrivateIfItHoldsAKey()
    {
        await PublishAsync(Form(PemForm.Bundle, "web.pem"), Form(PemForm.Key, "key.pem"), Form(PemForm.Chain, "chain.pem"), Form(PemForm.Leaf, "leaf.pem"), Form(PemForm.Root, "root.pem"));
        Assert.Equal("chain.pem 644,key.pem 600,leaf.pem 644,root.pem 644,web.pem 600", string.Join(',', Directory.GetFiles(folder.At("out")).Order(StringComparer.Ordinal).Select(path => $"{Path.GetFileName(path)} {Tool.Run("stat", "-c", "%a", path).Trim()}")));
        Assert.DoesNotContain(log.Ids, id => id == 197);
    }

    [LinuxFact]
    public async Task PublishAsync_ExistingFile_KeepsModeAndOwner_AndWarnsIfAllCanReadTheKey()
    {
        var bundle = Form(PemForm.Bundle, "web.pem");
        File.WriteAllText(bundle.Path, "old");
        Tool.Run("chmod", "644", bundle.Path);
        Unprivileged.GiveAway(bundle.Path);
        var before = Tool.Run("stat", "-c", "%u:%g %a", bundle.Path);
        Assert.Equal([bundle.Path], await PublishAsync(bundle));
        Assert.Equal(before, Tool.Run("stat", "-c", "%u:%g %a", bundle.Path));
        Assert.Equal(1, log.Count(197));
    }

    [LinuxFact]
    public async Task PublishAsync_Link_StaysAndItsTargetIsReplaced()
    {
        var bundle = Form(PemForm.Bundle, "web.pem");
        Directory.CreateDirectory(folder.At("real"));
        File.CreateSymbolicLink(bundle.Path, folder.At("real/target.pem"));
        Assert.Equal([bundle.Path], await PublishAsync(bundle));
        Assert.Equal(folder.At("real/target.pem"), new FileInfo(bundle.Path).LinkTarget);
        Assert.True(AreCurrent(bundle));
    }

    [Fact]
    public async Task PublishAsync_OneFails_TheOthersAreWritten_AndItsOldFileIsWhole()
    {
        var (chain, bundle) = (Form(PemForm.Chain, "chain.pem"), Form(PemForm.Bundle, "missing/web.pem"));
        var publications = Publications(bundle, chain);
        var error = Assert.Single(await publications.PublishAsync(pair.Leaf.SerialNumber, default));
        Assert.Equal((ErrorId.PublicationFailed, true), (error.ErrorId, error.Message.StartsWith($"publication '{bundle.Path}' failed: ", StringComparison.Ordinal)));
        Assert.Equal([chain.Path], publications.Published);
    }

    [Fact]
    public async Task PublishAsync_FileOfThePair_IsNeverReplaced()
    {
        foreach (var path in new[] { location.CertificatePath, location.KeyPath! })
        {
            var before = File.ReadAllBytes(path);
            Assert.Equal(ErrorId.PublicationFailed, Assert.Single(await Publications(new PemPublication(PemForm.Root, path)).PublishAsync(pair.Leaf.SerialNumber, default)).ErrorId);
            Assert.Equal(before, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public async Task PublishAsync_AnotherCertificateInPlace_PublishesNothing()
    {
        var error = Assert.Single(await Publications(Form(PemForm.Leaf, "leaf.pem")).PublishAsync("0A", default));
        Assert.Contains("another process has replaced", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.At("out")));
    }

    [Fact]
    public async Task PublishAsync_StagedFileOfACrash_IsReplaced()
    {
        var bundle = Form(PemForm.Bundle, "web.pem");
        File.WriteAllText(folder.At("out/.web.pem.stepcarenew-new"), "half a key");
        Assert.Equal([bundle.Path], await PublishAsync(bundle));
        Assert.Equal([bundle.Path], Directory.GetFiles(folder.At("out")));
    }

    [LinuxFact]
    public void PublishAsync_AsAnotherUser_WritesItsOwnFolder_AndLeavesFilesThatItCannotKeep()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can become another user.");
        Directory.CreateDirectory(folder.At("mine"));
        foreach (var path in new[] { folder.Path, location.CertificatePath, location.KeyPath!, folder.At("mine") })
            Tool.Run("chown", $"{Unprivileged.User}", path);
        var foreign = Path.Combine(folder, "mine", "foreign.pem");
        File.WriteAllText(foreign, "of root");
        PemPublication mine = new(PemForm.Bundle, folder.At("mine/web.pem")), kept = new(PemForm.Bundle, foreign), closed = Form(PemForm.Bundle, "web.pem");
        var publications = Publications(mine, kept, closed);
        var errors = Unprivileged.Run(() => publications.PublishAsync(pair.Leaf.SerialNumber, default));
        Assert.Equal([mine.Path], publications.Published);
        Assert.Equal([ErrorId.PermissionsNotKept, ErrorId.FolderNotWritable], errors.Select(error => error.InnerException is RenewalException cause ? cause.ErrorId : ErrorId.FolderNotWritable));
        Assert.Equal("of root", File.ReadAllText(foreign));
        Assert.Equal($"{Unprivileged.User} 600", Tool.Run("stat", "-c", "%u %a", mine.Path).Trim());
        Assert.Equal(2, Directory.GetFiles(folder.At("mine")).Length);
    }

    // Otherwise the owner of a folder could have root write a key in another one.
    [LinuxFact]
    public async Task PublishAsync_LinkOfAnotherUserToAForeignFolder_IsNotFollowed()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can give links away.");
        Directory.CreateDirectory(folder.At("foreign"));
        var bundle = Form(PemForm.Bundle, "web.pem");
        File.CreateSymbolicLink(bundle.Path, folder.At("foreign/web.pem"));
        Tool.Run("chown", "-h", $"{Unprivileged.User}", folder.At("out"), bundle.Path);
        var error = Assert.Single(await Publications(bundle).PublishAsync(pair.Leaf.SerialNumber, default));
        Assert.Equal(ErrorId.LinkNotTrusted, Assert.IsType<RenewalException>(error.InnerException).ErrorId);
        Assert.Empty(Directory.GetFiles(folder.At("foreign")));
    }

    [Fact]
    public void RequireUsable_PathsThatCannotBe_AreRefused()
    {
        Refused("the certificate of the pair", new PemPublication(PemForm.Leaf, location.CertificatePath));
        Refused("the key of the pair", new PemPublication(PemForm.Key, Path.Combine(folder, "out", "..", "web.key")));
        Refused("is the file of -ChainPath", Form(PemForm.Chain, "a.pem"), Form(PemForm.Leaf, "a.pem"));
        Refused("there is no folder", Form(PemForm.Leaf, "none/a.pem"));
        Refused("is a folder", Form(PemForm.Leaf, "."));
        RefusedFor("RSA 2048", "is a format for EC keys", new PemPublication(PemForm.Key, folder.At("out/k.pem")) { Format = KeyFormat.Sec1 });
    }

    [LinuxFact]
    public void RequireUsable_LinkToTheKey_OrADevice_IsRefused()
    {
        File.CreateSymbolicLink(folder.At("out/link.pem"), location.KeyPath!);
        Refused("the key of the pair", Form(PemForm.Bundle, "link.pem"));
        Refused("is not a regular file", new PemPublication(PemForm.Bundle, "/dev/null"));
    }

    private void Refused(string reason, params Publication[] publications) => RefusedFor("EC P-256", reason, publications);

    private void RefusedFor(string algorithm, string reason, params Publication[] publications)
    {
        using var snapshot = Snapshot();
        var error = Expect.Failure(ErrorId.PublicationInvalid, () => Publications(publications).RequireUsable(snapshot.Facts, algorithm));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private PemPublication Form(PemForm form, string name) => new(form, Path.Combine(folder.At("out"), name));

    private TestPair Place()
    {
        var placed = authority.Issue();
        placed.WriteTo(folder, "web", authority.Intermediate);
        return placed;
    }

    private PairPublications Publications(params Publication[] publications) =>
        new(publications, location, TimeSpan.FromSeconds(5), new StoreServices(TimeProvider.System, log), _ => authority.Root);

    private async Task<IReadOnlyList<string>> PublishAsync(params Publication[] publications)
    {
        var all = Publications(publications);
        Assert.Empty(await all.PublishAsync(pair.Leaf.SerialNumber, default));
        return all.Published;
    }

    private PemSnapshot Snapshot() => new(CertificatePair.Load(location.CertificatePath, location.KeyPath, null));

    private bool AreCurrent(params Publication[] publications)
    {
        using var snapshot = Snapshot();
        return Publications(publications).AreCurrent(snapshot.Keyed);
    }
}
