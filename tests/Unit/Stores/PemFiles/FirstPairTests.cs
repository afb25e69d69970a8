using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>A first pair is committed against a version in which one file or both are missing.</summary>
public sealed class FirstPairTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TestPair Next = Layouts.Pairs[1];

    private readonly TestFolder folder = new();

    /// <summary>The contents of the place before.</summary>
    public enum Before
    {
        Nothing,
        Key,

        /// <summary>The key, and the certificate of another one.</summary>
        Mismatch,

        /// <summary>A pair, which is replaced with its key, as by -Force.</summary>
        Pair,
    }

    public static TheoryData<Layout, Before> All { get; } = new(
        from layout in new[] { Layout.OneFolder, Layout.TwoFolders, Layout.OneFile, Layout.OneFolderByLinks, Layout.OneFolderByCopies, Layout.Pfx, Layout.PfxByLinks }
        from before in Enum.GetValues<Before>()
        where layout is not (Layout.OneFile or Layout.Pfx or Layout.PfxByLinks) || before is Before.Nothing or Before.Pair
        select (layout, before));

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public async Task EveryMoment_EndsAsBefore_OrInTheWholePair(Layout layout, Before before)
    {
        var space = await ExploreAsync(layout, before, _ => false, _ => false);
        output.WriteLine($"{layout}, {before}: {space.Moments:N0} moments, {space.States:N0} states of the disk");
        Assert.True(space.Failures.Count == 0, string.Join('\n', space.Failures));
        Assert.InRange(space.States, 5, int.MaxValue);
    }

    [Theory]
    [InlineData(Layout.OneFolder, Before.Nothing, "flush /certs/.web.key.stepcarenew-new", false)]
    [InlineData(Layout.OneFolder, Before.Key, "flush /certs/.web.crt.stepcarenew-new", false)]
    [InlineData(Layout.OneFolder, Before.Nothing, "flush /certs", false)]
    [InlineData(Layout.TwoFolders, Before.Nothing, "flush /keys", false)]
    [InlineData(Layout.OneFolder, Before.Pair, "flush /certs/.web.key.stepcarenew-new", false)]
    [InlineData(Layout.OneFolder, Before.Key, "flush /certs/.web.crt.stepcarenew-old", true)]
    public async Task WithoutAFlush_SomeStateIsLost(Layout layout, Before before, string flush, bool inRecovery)
    {
        // Only the first one of a folder: it puts the staged names on disk.
        var count = 0;
        bool IsFirst(string call) => call.Replace('\\', '/') == flush && ++count == 1;
        var space = await ExploreAsync(layout, before, call => !inRecovery && IsFirst(call), call => inRecovery && call.Replace('\\', '/') == flush);
        Assert.NotEmpty(space.Failures);
        output.WriteLine(space.Failures[0]);
    }


    // Without exchange and links there is a gap, which docs/crash-safety.md describes.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FileThatAnotherProgramMakesMeanwhile_Stays_AndNothingElse(bool isKey)
    {
        var paths = Layouts.PathsOf(Layout.OneFolder);
        var (target, refused) = (isKey ? paths.Key : paths.Certificate, 0);
        for (var (at, isMade) = (1, true); isMade; at++)
        {
            var (volume, present) = Make(Layout.OneFolder, Before.Nothing);
            isMade = false;
            var (call, how) = (0, string.Empty);
            volume.Before = what =>
            {
                if (++call != at || volume.Peek(target) is not null)
                    return;
                (isMade, how) = (true, what);
                volume.Replace(target, "theirs"u8.ToArray());
            };
            var isDone = await Replacing.PlaceAsync(volume, Layout.OneFolder, present, Next, withKey: true);
            if (!isMade)
                break;
            Assert.False(isDone, how);
            Assert.Equal("theirs"u8.ToArray(), volume.Peek(target));
            Assert.Equal([target], volume.Names);
            refused++;
        }

        Assert.InRange(refused, 5, 100);
    }

    [LinuxFact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task NewFiles_HaveDefaultRights_AndFilesInPlaceKeepTheirs()
    {
        var location = new PairLocation(folder.At("web.crt"), null) { MayBeNew = true };
        await CommitAsync(location, isKeyKept: false, Next);
        Assert.Equal(("644", "600"), (Mode("web.crt"), Mode("web.key")));
        File.SetUnixFileMode(folder.At("web.key"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var key = File.ReadAllBytes(folder.At("web.key"));
        File.Delete(folder.At("web.crt"));
        await CommitAsync(location, isKeyKept: true, Next);
        Assert.Equal(("644", "440"), (Mode("web.crt"), Mode("web.key")));
        Assert.Equal(key, File.ReadAllBytes(folder.At("web.key")));
        Assert.Equal([".web.crt.stepcarenew-lock", "web.crt", "web.key"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [LinuxFact]
    public async Task OneNewFile_IsPrivate()
    {
        await CommitAsync(new PairLocation(folder.At("web.pem"), folder.At("web.pem")) { MayBeNew = true }, isKeyKept: false, Next);
        Assert.Equal("600", Mode("web.pem"));
    }

    private string Mode(string name) => Tool.Run("stat", "-c", "%a", folder.At(name)).Trim();

    private static async Task CommitAsync(PairLocation location, bool isKeyKept, TestPair next)
    {
        using var store = await location.OpenAsync(wasRead: false, new StoreServices(TimeProvider.System, new CollectingLogger()), CancellationToken.None);
        await store.LockAsync(TimeSpan.Zero, CancellationToken.None);
        var present = store.ReadVersion();
        Assert.Equal(!isKeyKept, present.IsNone);
        using var replacement = await store.StageAsync(withKey: !isKeyKept);
        using var key = KeyFile.Parse(new InputFile("key", System.Text.Encoding.ASCII.GetBytes(next.KeyPem), default), null);
        var version = await replacement.CommitAsync(new KeyedCertificate(next.Leaf, [], key.Key, "test"), present);
        Assert.True(store.Holds(version!));
        replacement.DropOld();
        using var pair = await store.LoadAsync(wasRead: false, _ => { }, CancellationToken.None);
        Assert.Equal(next.Leaf.SerialNumber, pair.Facts.SerialNumber);
    }

    private static async Task<CrashSpace> ExploreAsync(Layout layout, Before before, Func<string, bool> isSwallowed, Func<string, bool> isSwallowedInRecovery)
    {
        var (volume, present) = Make(layout, before);
        var space = new CrashSpace(layout, Next) { Before = present, IsSwallowedInRecovery = isSwallowedInRecovery };
        var (isDone, step) = (false, 0);
        volume.IsSwallowed = isSwallowed;
        volume.Moment = () => space.Stop(volume, isDone, $"step {++step}");
        Assert.True(await Replacing.PlaceAsync(volume, layout, present, Next, withKey: before is Before.Nothing or Before.Pair, () =>
        {
            isDone = true;
            space.Stop(volume, isDone, "done");
        }));
        space.Stop(volume, isDone, "end");
        await space.RecoverAllAsync();
        return space;
    }

    private static (SimulatedVolume Volume, PairVersion Present) Make(Layout layout, Before before)
    {
        var (volume, paths) = (Layouts.Volume(layout), Layouts.PathsOf(layout));
        if (before == Before.Pair)
            Layouts.Place(volume, layout, Layouts.Pairs[2]);
        else if (before != Before.Nothing)
            volume.Place(paths.Key, Layouts.Key(layout, Next));
        if (before == Before.Mismatch)
            volume.Place(paths.Certificate, Layouts.Certificate(layout, Layouts.Pairs[2]));
        return (volume, new PairVersion(volume.Peek(paths.Certificate), volume.Peek(paths.Key)));
    }
}
