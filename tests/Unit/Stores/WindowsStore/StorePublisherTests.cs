using System.Security.Cryptography.X509Certificates;
using System.Text;
using StepCaRenew.Certificates;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Unit.Stores.WindowsStore;

/// <summary>The same tests in memory, in the stores of the user, and in those of the machine where there are some.</summary>
public sealed class StorePublisherTests
{
    public static TheoryData<string> Kinds => [StoreScene.Memory, StoreScene.User, StoreScene.Machine];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Publish_AddsCertificateKeyAndChain_AndIsFoundAgain(string kind)
    {
        using var scene = new StoreScene(kind);
        var pair = scene.NewPair();
        Assert.False(scene.Publisher.IsCurrent(scene.Plan, pair));
        await scene.PublishAsync(pair);
        Assert.True(scene.Publisher.IsCurrent(scene.Plan, pair));
        Assert.Equal((true, true, pair.Leaf.Thumbprint), (scene.Serves(pair), scene.HasIssuer, Assert.Single(scene.Thumbprints)));
        if (scene.Stores.HasFriendlyNames)
            Assert.Equal("StepCaRenew: web", scene.FriendlyNameOf(pair));
        Assert.Equal(scene.Stores.HasContainers, scene.EntryOf(pair).ContainerIn(scene.Store)?.IsOurs ?? false);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Publish_SameKey_BindsToTheKeyThatIsThere(string kind)
    {
        using var scene = new StoreScene(kind);
        var first = scene.NewPair();
        await scene.PublishAsync(first);
        var second = scene.NewPair(withKeyOf: first);
        scene.Stores.Calls.Clear();
        await scene.PublishAsync(second);
        Assert.DoesNotContain("CreateKey", scene.Stores.Calls);
        Assert.Equal((true, true, 2), (scene.Serves(first), scene.Serves(second), scene.Thumbprints.Count));
        Assert.Equal(scene.EntryOf(first).KeyName, scene.EntryOf(second).KeyName);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Publish_NewKey_KeepsTheOldCertificateAndItsKey(string kind)
    {
        using var scene = new StoreScene(kind);
        KeyedCertificate first = scene.NewPair(), second = scene.NewPair();
        await scene.PublishAsync(first);
        await scene.PublishAsync(second);
        Assert.Equal((true, true, 2), (scene.Serves(first), scene.Serves(second), scene.Thumbprints.Count));
        Assert.Equal([first.Leaf.Thumbprint], scene.Publisher.FindSuperseded(scene.Plan, second.Leaf.Thumbprint).Select(entry => entry.Thumbprint));
        Assert.DoesNotContain(scene.Stores.Calls, call => call is "Remove" or "DeleteKey");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task RemoveSuperseded_RemovesOnlyItsOwn_AndNoKeyThatIsUsed(string kind)
    {
        using var scene = new StoreScene(kind);
        Assert.SkipWhen(scene.KeepsRemoved, "Wine: its stores keep certificates that were removed");
        KeyedCertificate foreign = scene.NewPair(), first = scene.NewPair(), other = scene.NewPair();
        // Of another program, with our friendly name; and of another pair of ours.
        await scene.PublishAsync(foreign);
        scene.Record.Write(scene.Record.Read().Without(scene.EntryOf(foreign)));
        await scene.PublishAsync(other, scene.Plan with { Source = scene.Folder.Write("other.crt", "x"), FriendlyName = "StepCaRenew: other" });
        await scene.PublishAsync(first);
        KeyedCertificate second = scene.NewPair(withKeyOf: first), third = scene.NewPair();
        await scene.PublishAsync(second);
        scene.Publisher.RemoveSuperseded(scene.Plan, second.Leaf.Thumbprint);
        Assert.Equal((false, true, true, true), (scene.Thumbprints.Contains(first.Leaf.Thumbprint), scene.Serves(second), scene.Serves(foreign), scene.Serves(other)));
        Assert.DoesNotContain("DeleteKey", scene.Stores.Calls);
        await scene.PublishAsync(third);
        var container = scene.EntryOf(second).ContainerIn(scene.Store);
        scene.Publisher.RemoveSuperseded(scene.Plan, third.Leaf.Thumbprint);
        Assert.Equal((false, true, true, true), (scene.Thumbprints.Contains(second.Leaf.Thumbprint), scene.Serves(third), scene.Serves(foreign), scene.Serves(other)));
        if (container is not null)
            Assert.Null(scene.Stores.OpenKey(container));
        Assert.Empty(scene.Publisher.FindSuperseded(scene.Plan, third.Leaf.Thumbprint));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task RemoveSuperseded_WithoutTheSuccessor_RemovesNothing(string kind)
    {
        using var scene = new StoreScene(kind);
        var first = scene.NewPair();
        await scene.PublishAsync(first);
        scene.Publisher.RemoveSuperseded(scene.Plan, scene.NewPair().Leaf.Thumbprint);
        Assert.True(scene.Serves(first));
    }

    // At worst a certificate or a key more, never one less; and the next run completes the work.
    [Theory, MemberData(nameof(Kinds))]
    public async Task Killed_AtAnyCall_LosesNothing_AndTheNextRunCompletes(string kind)
    {
        var count = await CountCallsAsync(kind);
        Assert.True(count >= 5, $"only {count} calls");
        for (var call = 0; call < count; call++)
        {
            foreach (var after in new[] { false, true })
            {
                using var scene = new StoreScene(kind);
                var first = scene.NewPair();
                await scene.PublishAsync(first);
                var second = scene.NewPair();
                (scene.Stores.FailAt, scene.Stores.FailsAfter) = (call, after);
                scene.Stores.Calls.Clear();
                Assert.True(Record.Exception(() => PublishAndRemove(scene, second)) is KilledException, $"call {call} of {count}, after: {after}: {string.Join(", ", scene.Stores.Calls)}");
                Assert.True(scene.Serves(first) || scene.Serves(second), $"call {call}, after: {after}");
                Assert.True(scene.Serves(first) || scene.Stores.Calls.Contains("Remove"), $"call {call}, after: {after}");
                // Every key that was made is in the record.
                if (scene.IsMemory)
                    Assert.All(scene.InMemory.Containers, name => Assert.Contains(scene.Record.Read().Entries, entry => entry.KeyName == name));
                scene.Stores.FailAt = null;
                PublishAndRemove(scene, second);
                Assert.True(scene.Serves(second));
                if (!scene.KeepsRemoved)
                    Assert.Equal([second.Leaf.Thumbprint], scene.Thumbprints);
                Assert.Single(scene.Record.Read().Entries);
                if (scene.IsMemory)
                    Assert.InRange(scene.InMemory.Containers.Count, 1, 2);
            }
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Publish_AfterARunThatWasKilledBeforeTheCertificate_UsesItsKey(string kind)
    {
        using var scene = new StoreScene(kind);
        Assert.SkipUnless(scene.Stores.HasContainers, "The store keeps the key with the certificate.");
        var pair = scene.NewPair();
        await scene.PublishAsync(pair);
        scene.Stores.Remove(scene.Store, pair.Leaf.Thumbprint);
        scene.Stores.Calls.Clear();
        await scene.PublishAsync(pair);
        Assert.Equal((true, false), (scene.Serves(pair), scene.Stores.Calls.Contains("CreateKey")));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Publish_TwoRunsAtOnce_BothCertificatesAreThere_AndTheRecordHasBoth(string kind)
    {
        using var scene = new StoreScene(kind);
        var pairs = Enumerable.Range(0, 4).Select(_ => scene.NewPair()).ToList();
        await Task.WhenAll(pairs.Select(pair => Task.Run(() => scene.PublishAsync(pair))));
        Assert.All(pairs, pair => Assert.True(scene.Serves(pair)));
        Assert.Equal(4, scene.Record.Read().Entries.Count);
    }

    [Fact]
    public async Task Lock_HeldByAnotherRun_IsLocked()
    {
        using var scene = new StoreScene(StoreScene.Memory);
        using var held = await scene.Record.LockAsync(TimeSpan.Zero, CancellationToken.None);
        await Expect.FailureAsync(ErrorId.Locked, () => scene.Record.LockAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None));
    }

    [Fact]
    public async Task IsCurrent_AnythingMissingOrDifferent_IsNotCurrent()
    {
        using var scene = new StoreScene(StoreScene.Memory);
        var pair = scene.NewPair();
        await scene.PublishAsync(pair);
        Assert.True(scene.Publisher.IsCurrent(scene.Plan, pair));
        Assert.False(scene.Publisher.IsCurrent(scene.Plan with { FriendlyName = "another" }, pair));
        Assert.False(scene.Publisher.IsCurrent(scene.Plan with { KeyProvider = StoreScene.Provider == KeyProvider.Csp ? KeyProvider.Cng : KeyProvider.Csp }, pair));
        Assert.False(scene.Publisher.IsCurrent(scene.Plan with { Grants = ["S-1-5-20"] }, pair));
        scene.InMemory.Remove(scene.Store.Intermediates, scene.Authority.Intermediate.Thumbprint);
        Assert.False(scene.Publisher.IsCurrent(scene.Plan, pair));
        await scene.PublishAsync(pair);
        scene.InMemory.DeleteKey(scene.EntryOf(pair).ContainerIn(scene.Store)!);
        Assert.False(scene.Publisher.IsCurrent(scene.Plan, pair));
    }

    [Fact]
    public async Task Publish_Grants_AreGivenToTheKeyBeforeTheCertificateIsThere()
    {
        using var scene = new StoreScene(StoreScene.Memory);
        var pair = scene.NewPair();
        await scene.PublishAsync(pair, scene.Plan with { Grants = ["S-1-5-20"] });
        Assert.Equal(["S-1-5-20"], scene.InMemory.ReadersOf(scene.EntryOf(pair).KeyName!));
        Assert.True(scene.Stores.Calls.IndexOf("GrantRead") < scene.Stores.Calls.IndexOf("Add"));
        Assert.True(scene.Publisher.IsCurrent(scene.Plan with { Grants = ["S-1-5-20"] }, pair));
    }

    // A user with rights on the record must not choose which key is deleted.
    [Fact]
    public async Task RemoveSuperseded_RecordNamesAnotherProgramsKey_TheKeyStays()
    {
        using var scene = new StoreScene(StoreScene.Memory);
        KeyedCertificate first = scene.NewPair(), second = scene.NewPair();
        scene.InMemory.CreateKey(new KeyContainer(KeyProvider.Cng, KeyContainer.CngProvider, "tp-of-another-program", false), first.Key).Dispose();
        await scene.PublishAsync(first);
        await scene.PublishAsync(second);
        scene.Record.Write(scene.Record.Read().With(scene.EntryOf(first) with { KeyName = "tp-of-another-program" }) is { } changed ? changed with { Entries = [.. changed.Entries.Reverse()] } : null!);
        scene.Publisher.RemoveSuperseded(scene.Plan, second.Leaf.Thumbprint);
        Assert.Contains("tp-of-another-program", scene.InMemory.Containers);
        Assert.DoesNotContain("DeleteKey", scene.Stores.Calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"version":2,"entries":[]}""")]
    [InlineData("""{"version":1,"entries":[{"store":"CurrentUser\\My","thumbprint":"00","publicKeyId":"00"}]}""")]
    [InlineData("""{"version":1,"entries":[null]}""")]
    public async Task Record_Damaged_ChangesNothing(string content)
    {
        using var scene = new StoreScene(StoreScene.Memory);
        var first = scene.NewPair();
        await scene.PublishAsync(first);
        File.WriteAllText(scene.Record.Path, content);
        scene.Stores.Calls.Clear();
        await Expect.FailureAsync(ErrorId.StoreRecordInvalid, () => scene.PublishAsync(scene.NewPair()));
        Expect.Failure(ErrorId.StoreRecordInvalid, () => scene.Publisher.RemoveSuperseded(scene.Plan, first.Leaf.Thumbprint));
        Assert.Empty(scene.Stores.Calls);
        Assert.Equal(content, Encoding.UTF8.GetString(File.ReadAllBytes(scene.Record.Path)));
    }

    [Fact]
    public async Task Publish_FriendlyNameOfAnotherPair_IsRefused_UnlessThatPairIsGone()
    {
        using var scene = new StoreScene(StoreScene.Memory);
        var other = scene.Plan with { Source = scene.Folder.Write("other.crt", "x") };
        var (first, second) = (scene.NewPair(), scene.NewPair());
        await scene.PublishAsync(first, other);
        await Expect.FailureAsync(ErrorId.FriendlyNameTaken, () => scene.PublishAsync(second));
        Assert.Equal([first.Leaf.Thumbprint], scene.Thumbprints);
        File.Delete(other.Source);
        await scene.PublishAsync(second);
        Assert.Equal([first.Leaf.Thumbprint], scene.Publisher.FindSuperseded(scene.Plan, second.Leaf.Thumbprint).Select(entry => entry.Thumbprint));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task OpenKey_InAContainer_CannotBeExported(string kind)
    {
        using var scene = new StoreScene(kind);
        Assert.SkipUnless(scene.Stores.HasContainers && !scene.IsMemory, "Only Windows has keys that cannot be exported.");
        var pair = scene.NewPair();
        await scene.PublishAsync(pair);
        using var key = scene.Stores.OpenKey(scene.Store, pair.Leaf.Thumbprint)!;
        Assert.Equal(scene.EntryOf(pair).KeyName, key.Container!.Name);
        Assert.ThrowsAny<Exception>(() => key.Key.Handle.ExportPkcs8PrivateKey());
    }

    private static async Task<int> CountCallsAsync(string kind)
    {
        using var scene = new StoreScene(kind);
        await scene.PublishAsync(scene.NewPair());
        scene.Stores.Calls.Clear();
        PublishAndRemove(scene, scene.NewPair());
        return scene.Stores.Calls.Count;
    }

    private static void PublishAndRemove(StoreScene scene, KeyedCertificate pair)
    {
        if (!scene.Publisher.IsCurrent(scene.Plan, pair))
            scene.Publisher.Publish(scene.Plan, pair);
        scene.Publisher.RemoveSuperseded(scene.Plan, pair.Leaf.Thumbprint);
    }
}
