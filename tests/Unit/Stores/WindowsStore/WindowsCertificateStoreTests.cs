using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Stores;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Unit.Stores.WindowsStore;

/// <summary>A pair that is renewed in its store: in memory, in the stores of the user, and in those of the machine where there are some.</summary>
public sealed class WindowsCertificateStoreTests
{
    private const string Name = "StepCaRenew: web";

    public static TheoryData<string> Kinds => [StoreScene.Memory, StoreScene.User, StoreScene.Machine];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Load_ByThumbprintNameOrSubject_IsThePairWithItsChain(string kind)
    {
        using var scene = new StoreScene(kind);
        var pair = scene.NewPair();
        await scene.PublishAsync(pair);
        foreach (var (by, value) in new[] { (StoreSelector.Thumbprint, pair.Leaf.Thumbprint), (StoreSelector.FriendlyName, Name), (StoreSelector.Subject, "CN=host.example.com"), (StoreSelector.Subject, "HOST.example.com") })
        {
            using var store = await scene.OpenAsync(by, value);
            using var snapshot = store.TryPeek();
            Assert.Equal((pair.Leaf.SerialNumber, $@"{scene.Store.Path}\{pair.Leaf.Thumbprint}"), (snapshot!.Facts.SerialNumber, snapshot.Facts.CertificatePath));
            Assert.True(snapshot.Keyed.Matches);
            Assert.Equal([scene.Authority.Intermediate.Thumbprint], snapshot.Keyed.Chain.Select(issuer => issuer.Thumbprint));
            Assert.True(store.Holds(snapshot.Version) && store.IsCurrent(snapshot));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Load_NotThere_IsFileNotFound(string kind)
    {
        using var scene = new StoreScene(kind);
        await scene.PublishAsync(scene.NewPair());
        await Expect.FailureAsync(ErrorId.FileNotFound, () => scene.OpenAsync(StoreSelector.Thumbprint, new string('0', 40)));
        await Expect.FailureAsync(ErrorId.FileNotFound, () => scene.OpenAsync(StoreSelector.FriendlyName, "another"));
        await Expect.FailureAsync(ErrorId.FileNotFound, () => scene.OpenAsync(StoreSelector.Subject, "CN=another"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Commit_SameKey_AddsTheCertificate_AndEveryPathFindsIt(string kind)
    {
        using var scene = new StoreScene(kind);
        var first = scene.NewPair();
        await scene.PublishAsync(first);
        scene.Stores.Calls.Clear();
        var next = scene.NewPair(withKeyOf: first, days: 1);
        await CommitAsync(scene, StoreSelector.Thumbprint, first.Leaf.Thumbprint, next, withKey: false);
        Assert.DoesNotContain(scene.Stores.Calls, call => call is "CreateKey" or "Remove" or "DeleteKey");
        Assert.Equal((true, true, scene.EntryOf(first).KeyName), (scene.Serves(first), scene.Serves(next), scene.EntryOf(next).KeyName));
        if (scene.Stores.HasFriendlyNames)
            Assert.Equal(Name, scene.FriendlyNameOf(next));
        await FindsAsync(scene, next, StoreSelector.Thumbprint, first.Leaf.Thumbprint);
        await FindsAsync(scene, next, StoreSelector.FriendlyName, Name);
        await FindsAsync(scene, next, StoreSelector.Subject, "host.example.com");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Commit_NewKey_HasTheProviderAndTheRightsOfTheOldOne_WhichStays(string kind)
    {
        using var scene = new StoreScene(kind);
        KeyedCertificate first = scene.NewPair(), next = scene.NewPair(days: 1);
        await scene.PublishAsync(first, scene.IsMemory ? scene.Plan with { Grants = ["S-1-5-20"] } : null);
        await CommitAsync(scene, StoreSelector.FriendlyName, Name, next, withKey: true);
        Assert.Equal((true, true), (scene.Serves(first), scene.Serves(next)));
        Assert.DoesNotContain(scene.Stores.Calls, call => call is "Remove" or "DeleteKey");
        if (scene.Stores.HasContainers)
            Assert.Equal((true, scene.EntryOf(first).KeyProvider), (scene.EntryOf(next).ContainerIn(scene.Store) is { IsOurs: true } made && made.Name != scene.EntryOf(first).KeyName, scene.EntryOf(next).KeyProvider));
        if (scene.IsMemory)
            Assert.Equal(["S-1-5-20"], scene.InMemory.ReadersOf(scene.EntryOf(next).KeyName!));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Killed_AtAnyCallOfACommit_KeepsTheOldPair_AndTheNextRunCompletes(string kind)
    {
        foreach (var withKey in new[] { false, true })
        {
            var isDone = false;
            for (var call = 0; !isDone; call++)
            {
                using var scene = new StoreScene(kind);
                var first = scene.NewPair();
                await scene.PublishAsync(first);
                var next = scene.NewPair(withKey ? null : first, days: 1);
                scene.Stores.Calls.Clear();
                scene.Stores.FailAt = call;
                var problem = await Record.ExceptionAsync(() => CommitAsync(scene, StoreSelector.FriendlyName, Name, next, withKey));
                isDone = problem is null;
                Assert.True(isDone || problem is KilledException, $"{problem}");
                Assert.True(scene.Serves(first), $"call {call}");
                scene.Stores.FailAt = null;
                // The run that was killed may have added the certificate already; then there is nothing to do.
                if (!scene.Serves(next))
                    await CommitAsync(scene, StoreSelector.FriendlyName, Name, next, withKey);
                await FindsAsync(scene, next, StoreSelector.FriendlyName, Name);
                Assert.True(scene.Serves(first) && scene.Serves(next));
            }
        }
    }

    [Fact]
    public async Task Commit_AnotherProgramHasChangedIt_IsNotMade()
    {
        using var scene = new StoreScene(StoreScene.Memory);
        var first = scene.NewPair();
        await scene.PublishAsync(first);
        using var store = await scene.OpenAsync(StoreSelector.FriendlyName, Name);
        using var snapshot = store.TryPeek()!;
        using var replacement = await store.StageAsync(withKey: false);
        await scene.PublishAsync(scene.NewPair(days: 2));
        Assert.False(store.Holds(snapshot.Version));
        Assert.Null(await replacement.CommitAsync(scene.NewPair(withKeyOf: first, days: 1), snapshot.Version));
        Assert.Equal(2, scene.Thumbprints.Count);
    }

    [Fact]
    public async Task Lock_TwoRunsByDifferentNames_OneWaits()
    {
        using var scene = new StoreScene(StoreScene.Memory);
        var pair = scene.NewPair();
        await scene.PublishAsync(pair);
        using var one = await scene.OpenAsync(StoreSelector.FriendlyName, Name);
        using var other = await scene.OpenAsync(StoreSelector.Thumbprint, pair.Leaf.Thumbprint);
        await one.LockAsync(TimeSpan.Zero, CancellationToken.None);
        Assert.True(other.IsLocked);
        await Expect.FailureAsync(ErrorId.Locked, () => other.LockAsync(TimeSpan.FromMilliseconds(60), CancellationToken.None));
    }

    // Renewed in the second in which the old one began: the record knows the order. Without the newer one, the old one counts.
    [Theory, MemberData(nameof(Kinds))]
    public async Task Find_CertificatesOfOneSecond_IsTheLastOne_AsLongAsItIsThere(string kind)
    {
        using var scene = new StoreScene(kind);
        var first = scene.NewPair();
        await scene.PublishAsync(first);
        for (var round = 0; round < 4; round++)
        {
            var next = scene.NewPair(withKeyOf: first);
            await CommitAsync(scene, StoreSelector.FriendlyName, Name, next, withKey: false);
            await FindsAsync(scene, next, StoreSelector.FriendlyName, Name);
            await FindsAsync(scene, next, StoreSelector.Subject, "host.example.com");
            if (scene.KeepsRemoved)
                return;
            scene.Stores.Remove(scene.Store, next.Leaf.Thumbprint);
            await FindsAsync(scene, first, StoreSelector.FriendlyName, Name);
        }
    }

    [Fact]
    public async Task Find_CertificatesOfTwoIssuers_IsAmbiguous_ButNotByThumbprint()
    {
        using var scene = new StoreScene(StoreScene.Memory);
        var first = scene.NewPair();
        await scene.PublishAsync(first);
        await scene.PublishAsync(scene.NewPair(authority: new TestAuthority("Another")), scene.Plan with { FriendlyName = "another", Source = "another" });
        await Expect.FailureAsync(ErrorId.CertificateAmbiguous, () => scene.OpenAsync(StoreSelector.Subject, "host.example.com"));
        await FindsAsync(scene, first, StoreSelector.FriendlyName, Name);
        await FindsAsync(scene, first, StoreSelector.Thumbprint, first.Leaf.Thumbprint);
    }

    [Fact]
    public async Task Open_KeyIsGoneOrAnother_IsReported()
    {
        using var scene = new StoreScene(StoreScene.Memory);
        var pair = scene.NewPair();
        await scene.PublishAsync(pair);
        using var store = await scene.OpenAsync(StoreSelector.FriendlyName, Name);
        scene.InMemory.DeleteKey(scene.EntryOf(pair).ContainerIn(scene.Store)!);
        Assert.Null(store.TryPeek());
        await Expect.FailureAsync(ErrorId.KeyNotFound, () => store.LoadAsync(false, _ => { }, CancellationToken.None));
        scene.InMemory.CreateKey(scene.EntryOf(pair).ContainerIn(scene.Store)!, scene.NewPair().Key).Dispose();
        await Expect.FailureAsync(ErrorId.KeyMismatch, () => store.LoadAsync(false, _ => { }, CancellationToken.None));
    }

    [Theory]
    [InlineData(@"Cert:\LocalMachine\My\0123456789abcdef0123456789ABCDEF01234567", @"Cert:\LocalMachine\My\0123456789ABCDEF0123456789ABCDEF01234567", "01234567")]
    [InlineData(@"cert:/currentuser/my/0123456789ABCDEF0123456789ABCDEF01234567", @"Cert:\CurrentUser\My\0123456789ABCDEF0123456789ABCDEF01234567", "01234567")]
    [InlineData(@"Microsoft.PowerShell.Security\Certificate::LocalMachine\WebHosting\0123456789ABCDEF0123456789ABCDEF01234567", @"Cert:\LocalMachine\WebHosting\0123456789ABCDEF0123456789ABCDEF01234567", "01234567")]
    [InlineData(@"Cert:\LocalMachine\My\FriendlyName=StepCaRenew: web", @"Cert:\LocalMachine\My\FriendlyName=StepCaRenew: web", "web")]
    [InlineData(@"Cert:\LocalMachine\My\subject=CN=web.example.com", @"Cert:\LocalMachine\My\Subject=CN=web.example.com", "web.example.com")]
    [InlineData(@"Cert:\LocalMachine\My\FriendlyName=a\b/c", @"Cert:\LocalMachine\My\FriendlyName=a\b/c", @"a\b/c")]
    public void Path_IsReadAndWrittenAsPowerShellDoes(string given, string expected, string name)
    {
        Assert.True(StoreCertificatePath.IsInStore(given));
        var path = StoreCertificatePath.Parse(given);
        Assert.Equal((expected, path), (path.Text, StoreCertificatePath.Parse(path.Text)));
        Assert.Equal(name, CertificateName.FromPath(path.Text));
    }

    [Theory]
    [InlineData(@"Cert:\")]
    [InlineData(@"Cert:\LocalMachine")]
    [InlineData(@"Cert:\LocalMachine\My")]
    [InlineData(@"Cert:\LocalMachine\My\")]
    [InlineData(@"Cert:\LocalMachine\My\0123")]
    [InlineData(@"Cert:\LocalMachine\My\FriendlyName=")]
    [InlineData(@"Cert:\LocalMachine\Root\0123456789ABCDEF0123456789ABCDEF01234567")]
    public void Path_OfNoCertificate_IsRefused(string given) => Expect.Failure(ErrorId.StoreInvalid, () => StoreCertificatePath.Parse(given));

    [Theory]
    [InlineData("/etc/cert.pem")]
    [InlineData("Cert:x")]
    [InlineData("cert")]
    public void Path_OfAFile_IsNotInAStore(string given) => Assert.False(StoreCertificatePath.IsInStore(given));

    private static async Task CommitAsync(StoreScene scene, StoreSelector by, string value, KeyedCertificate next, bool withKey)
    {
        using var store = await scene.OpenAsync(by, value);
        using var snapshot = await store.LoadAsync(wasRead: false, _ => { }, CancellationToken.None);
        await store.LockAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        using var replacement = await store.StageAsync(withKey);
        var committed = new KeyedCertificate(next.Leaf, next.Chain, withKey ? next.Key : snapshot.Keyed.Key, "CA");
        var version = await replacement.CommitAsync(committed, snapshot.Version);
        replacement.DropOld();
        Assert.True(store.Holds(version!));
        Assert.True(store.IsCurrent(snapshot));
    }

    private static async Task FindsAsync(StoreScene scene, KeyedCertificate expected, StoreSelector by, string value)
    {
        using var store = await scene.OpenAsync(by, value);
        using var snapshot = await store.LoadAsync(wasRead: false, _ => { }, CancellationToken.None);
        Assert.Equal(expected.Leaf.SerialNumber, snapshot.Facts.SerialNumber);
    }
}
