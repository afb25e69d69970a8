using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>The file operations of a renewal alone.</summary>
internal static class Replacing
{
    /// <summary>Stages, commits, and drops the old files.</summary>
    /// <param name="volume">The file system.</param>
    /// <param name="layout">Where the pair is.</param>
    /// <param name="from">The pair that was loaded.</param>
    /// <param name="to">The new pair; with the key of the old one if the key stays.</param>
    /// <param name="committed">Called after the commit, before the old files are dropped.</param>
    public static Task<bool> RunAsync(SimulatedVolume volume, Layout layout, TestPair from, TestPair to, Action? committed = null)
    {
        var paths = Layouts.PathsOf(layout);
        return RunAsync(
            PairReplacement.Stage(
                volume, paths, withKey: !ReferenceEquals(from.Key, to.Key), new SharingRetry(new JumpingClock()), () => PairState.TryRead(volume, paths, Layouts.FormOf(layout))?.IsPairOrDeployment(paths) == true),
            Version(layout, to), Version(layout, from), committed);
    }

    /// <summary>The same for a pair of which both files, or one, are not there yet.</summary>
    public static Task<bool> PlaceAsync(SimulatedVolume volume, Layout layout, PairVersion present, TestPair to, bool withKey, Action? committed = null) => RunAsync(
        PairReplacement.Stage(volume, Layouts.PathsOf(layout), withKey, new SharingRetry(new JumpingClock()), null, mayBeNew: true), Version(layout, to), present, committed);

    private static async Task<bool> RunAsync(PairReplacement staged, PairVersion next, PairVersion expected, Action? committed)
    {
        using var replacement = staged;
        if (!await replacement.CommitAsync(next, expected))
            return false;
        committed?.Invoke();
        replacement.DropOld();
        return true;
    }

    private static PairVersion Version(Layout layout, TestPair pair) => new(Layouts.Certificate(layout, pair), Layouts.Key(layout, pair));

    public static Task<bool> RecoverAsync(SimulatedVolume volume, Layout layout, bool mayBeNew = false) =>
        new PairRecovery(volume, new JumpingClock(), NullLogger.Instance, mayBeNew).RunAsync(Layouts.PathsOf(layout), Layouts.FormOf(layout));

    /// <summary>Another certificate for the same key.</summary>
    public static TestPair RenewalOf(TestPair pair) => TestAuthority.Default.Issue(new() { Key = pair.Key });
}
