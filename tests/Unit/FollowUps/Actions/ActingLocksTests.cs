using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.FollowUps.Actions;

public sealed class ActingLocksTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Take_MoreThanMayBeOpen_HoldsTheFirstOnes()
    {
        var pairs = Enumerable.Range(0, 5).Select(Pair).ToList();
        using var ours = new ActingLocks(NullLogger.Instance, most: 3);
        using var others = new ActingLocks(NullLogger.Instance, most: 100);
        Assert.All(pairs, pair => Assert.Equal(ActingTurn.Ours, Take(ours, pair)));
        Assert.All(pairs, pair => Assert.Equal(ActingTurn.OursAlready, Take(ours, pair)));
        Assert.All(pairs.Take(3), pair => Assert.Equal(ActingTurn.Anothers, Take(others, pair)));
        Assert.All(pairs.Skip(3), pair => Assert.Equal(ActingTurn.Ours, Take(others, pair)));
    }

    [Fact]
    public void Take_FromManyThreads_TakesEach()
    {
        var pairs = Enumerable.Range(0, 200).Select(Pair).ToList();
        using var ours = new ActingLocks(NullLogger.Instance);
        var turns = pairs.AsParallel().WithDegreeOfParallelism(8).Select(pair => Take(ours, pair)).ToList();
        Assert.All(turns, turn => Assert.Equal(ActingTurn.Ours, turn));
        using var others = new ActingLocks(NullLogger.Instance);
        Assert.All(pairs, pair => Assert.Equal(ActingTurn.Anothers, Take(others, pair)));
    }

    [LinuxFact]
    public void OpenFileLimit_OfThisProcess_IsWhatTheKernelSays()
    {
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        Assert.Equal(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], OpenFileLimit.Get().ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static ActingTurn Take(ActingLocks locks, PairPaths pair)
    {
        using var folders = new OpenFolders();
        return locks.Take(folders, pair);
    }

    private PairPaths Pair(int number) => new(folder.Write($"{number}.crt", "certificate"), folder.Write($"{number}.key", "key"));
}
