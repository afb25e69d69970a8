using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>What the engine does with the files, without all else that it does.</summary>
internal static class Replacing
{
    /// <summary>Stages, replaces, and takes away what is left.</summary>
    /// <param name="volume">The file system.</param>
    /// <param name="layout">Where the pair lies.</param>
    /// <param name="from">The pair that was loaded.</param>
    /// <param name="to">The new pair; with the key of the old one where no new key is wanted.</param>
    /// <param name="committed">Called as soon as the replacement says that it is done.</param>
    public static async Task<bool> RunAsync(SimulatedVolume volume, Layout layout, TestPair from, TestPair to, Action? committed = null)
    {
        var paths = Layouts.PathsOf(layout);
        var key = paths.IsOneFile || ReferenceEquals(from.Key, to.Key) ? null : new FileChange(Layouts.Key(from), Layouts.Key(to));
        using var replacement = PairReplacement.Stage(volume, paths, key is not null, new SharingRetry(new JumpingClock()), new PairWitness(volume, paths, null));
        var isDone = await replacement.CommitAsync(new FileChange(Layouts.Certificate(layout, from), Layouts.Certificate(layout, to)), key);
        if (isDone)
            committed?.Invoke();
        return isDone;
    }

    public static Task<bool> RecoverAsync(SimulatedVolume volume, Layout layout) =>
        new PairRecovery(volume, new JumpingClock(), NullLogger.Instance).RunAsync(Layouts.PathsOf(layout), null);

    /// <summary>Another certificate for the same key.</summary>
    public static TestPair RenewalOf(TestPair pair) => TestAuthority.Default.Issue(new() { Key = pair.Key });
}
