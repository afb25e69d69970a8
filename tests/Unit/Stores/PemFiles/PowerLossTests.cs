using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>
/// The power goes, or the process is killed, after every change that a replacement or a recovery makes, and the disk
/// holds any part of what was not flushed: the next run finds its way to a whole pair, the old or the new one.
/// </summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    public static MatrixTheoryData<Layout, Way> All { get; } = new(Enum.GetValues<Layout>(), Enum.GetValues<Way>());

    /// <summary>The change of the pair.</summary>
    public enum Way
    {
        Renew,
        Rekey,

        /// <summary>The certificate can't be replaced after the key was: all goes back.</summary>
        RekeyThatFails,

        /// <summary>
        /// Somebody replaced both files before: theirs goes back, also after a crash. One file alone can't tell whose it
        /// is: there a crash between exchange and put-back leaves the new pair, whole, instead of theirs.
        /// </summary>
        RekeyTooLate,
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task EveryMomentOfAReplacement_EndsInAWholePair(Layout layout, Way way)
    {
        var space = await ExploreAsync(layout, way, _ => false, _ => false);
        output.WriteLine($"{layout}, {way}: {space.Moments:N0} moments, {space.States:N0} states of the disk");
        Assert.True(space.Failures.Count == 0, string.Join('\n', space.Failures));
        Assert.InRange(space.States, 5, int.MaxValue);
    }

    /// <summary>Each flush that there is, in a case that shows what it is for.</summary>
    public static TheoryData<Layout, Way, string, bool> Flushes { get; } = new()
    {
        { Layout.OneFolder, Way.Renew, "flush /certs/.web.crt.stepcarenew-new", false },
        { Layout.OneFolder, Way.Rekey, "flush /certs/.web.crt.stepcarenew-new", false },
        { Layout.OneFolder, Way.Rekey, "flush /certs/.web.key.stepcarenew-new", false },
        { Layout.OneFile, Way.Rekey, "flush /certs/.web.pem.stepcarenew-new", false },
        { Layout.Pfx, Way.Renew, "flush /certs/.web.pfx.stepcarenew-new", false },
        { Layout.Pfx, Way.Rekey, "flush /certs", false },
        { Layout.OneFolderByCopies, Way.Rekey, "flush /certs/.web.key.stepcarenew-old", false },
        { Layout.OneFolder, Way.Renew, "flush /certs", false },
        { Layout.OneFolder, Way.Rekey, "flush /certs", false },
        { Layout.TwoFolders, Way.Rekey, "flush /certs", false },
        { Layout.TwoFolders, Way.Rekey, "flush /keys", false },
        { Layout.OneFolder, Way.RekeyThatFails, "flush /certs", false },
        { Layout.TwoFolders, Way.RekeyThatFails, "flush /keys", false },
        { Layout.OneFolderByLinks, Way.Rekey, "flush /certs", false },
        { Layout.OneFolder, Way.Rekey, "flush /certs", true },
        { Layout.TwoFolders, Way.Rekey, "flush /certs", true },
        { Layout.TwoFolders, Way.Rekey, "flush /keys", true },
        { Layout.OneFolderOtherRights, Way.Rekey, "flush /certs/.web.key.stepcarenew-old", true },
    };

    [Theory]
    [MemberData(nameof(Flushes))]
    public async Task WithoutAFlush_SomeStateIsLost(Layout layout, Way way, string flush, bool inRecovery)
    {
        var space = await ExploreAsync(layout, way, call => !inRecovery && Is(call, flush), call => inRecovery && Is(call, flush));
        Assert.NotEmpty(space.Failures);
        output.WriteLine($"{layout}, {way}{(inRecovery ? ", recovery" : "")}, without '{flush}': {space.Failures[0]}");
    }

    /// <summary>Of several flushes of one folder each is needed, not only one of them.</summary>
    [Theory]
    [InlineData(Layout.OneFolderByLinks, Way.Rekey, "flush /certs", 1)]
    [InlineData(Layout.TwoFoldersByLinks, Way.Rekey, "flush /keys", 1)]
    [InlineData(Layout.OneFolderByLinks, Way.Rekey, "flush /certs", 3)]
    public async Task WithoutTheNthFlush_SomeStateIsLost(Layout layout, Way way, string flush, int number)
    {
        var count = 0;
        var space = await ExploreAsync(layout, way, call => Is(call, flush) && ++count == number, _ => false);
        Assert.NotEmpty(space.Failures);
        output.WriteLine($"{layout}, {way}, without '{flush}' no. {number}: {space.Failures[0]}");
    }

    // Windows has the names of folders with a backslash.
    private static bool Is(string call, string flush) => call.Replace('\\', '/') == flush;

    private static async Task<CrashSpace> ExploreAsync(Layout layout, Way way, Func<string, bool> isSwallowed, Func<string, bool> isSwallowedInRecovery)
    {
        var (from, other) = (Layouts.Pairs[0], Layouts.Pairs[1]);
        var to = way == Way.Renew ? Replacing.RenewalOf(from) : other;
        var foreign = Layouts.Pairs[2];
        TestPair[] allowed = way != Way.RekeyTooLate ? [from, to] : Layouts.PathsOf(layout).IsOneFile ? [foreign, to] : [foreign];
        var space = new CrashSpace(layout, allowed) { IsSwallowedInRecovery = isSwallowedInRecovery };
        var volume = Layouts.Volume(layout);
        Layouts.Place(volume, layout, way == Way.RekeyTooLate ? foreign : from);
        var (isDone, step) = (false, 0);
        volume.IsSwallowed = isSwallowed;
        volume.Moment = () => space.Stop(volume, isDone, $"step {++step}");
        if (way == Way.RekeyThatFails)
            volume.Before = FailAt(layout);
        try
        {
            await Replacing.RunAsync(volume, layout, from, to, () =>
            {
                isDone = true;
                space.Stop(volume, isDone, "done");
            });
        }
        catch (RenewalException e) when (way == Way.RekeyThatFails)
        {
            Assert.Equal(ErrorId.WriteFailed, e.ErrorId);
        }

        space.Stop(volume, isDone, "end");
        await space.RecoverAllAsync();
        return space;
    }

    // Once: the certificate's own step into its place.
    private static Action<string> FailAt(Layout layout)
    {
        var certificate = Layouts.PathsOf(layout).Certificate;
        var isOver = false;
        return call =>
        {
            if (isOver || call != $"{(Layouts.CanExchange(layout) ? "exchange" : "rename")} {certificate}")
                return;
            isOver = true;
            throw new IOException("The disk is out of order.");
        };
    }
}
