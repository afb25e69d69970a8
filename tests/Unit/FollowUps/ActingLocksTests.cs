using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.FollowUps;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.FollowUps;

public sealed class ActingLocksTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly CollectingLogger log = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TryTake_MoreThanCanBeOpen_HoldsTheFirstOnes()
    {
        var pairs = Enumerable.Range(0, 5).Select(Pair).ToList();
        using var ours = new ActingLocks(most: 3);
        using var others = new ActingLocks(most: 100);
        Assert.All(pairs, pair => Assert.NotNull(Take(ours, pair)));
        Assert.All(pairs, pair => Assert.NotNull(Take(ours, pair)));
        Assert.All(pairs.Take(3), pair => Assert.Null(Take(others, pair)));
        Assert.All(pairs.Skip(3), pair => Assert.NotNull(Take(others, pair)));
    }

    [Fact]
    public void TryTake_Twice_IsFreeOnceBothAreDisposed()
    {
        using var ours = new ActingLocks();
        using var others = new ActingLocks();
        var (first, second) = (Take(ours, Pair(0)), Take(ours, Pair(0)));
        first!.Dispose();
        first.Dispose();
        Assert.Null(Take(others, Pair(0)));
        second!.Dispose();
        Assert.NotNull(Take(others, Pair(0)));
    }

    [Fact]
    public void TryTake_FromManyThreads_TakesEach()
    {
        var pairs = Enumerable.Range(0, 200).Select(Pair).ToList();
        using var ours = new ActingLocks();
        var taken = pairs.AsParallel().WithDegreeOfParallelism(8).Select(pair => Take(ours, pair)).ToList();
        Assert.All(taken, Assert.NotNull);
        using var others = new ActingLocks();
        Assert.All(pairs, pair => Assert.Null(Take(others, pair)));
    }

    [LinuxFact]
    public void OpenFileLimit_OfThisProcess_IsThatOfTheKernel()
    {
        var line = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        Assert.Equal(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], OpenFileLimit.Get().ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private IDisposable? Take(ActingLocks locks, PairPaths pair)
    {
        using var folders = new OpenFolders();
        return locks.TryTake(new FileRecord(pair, new Volume(folders), folders, new StoreServices(TimeProvider.System, log), new PemPairForm(null)), pair.Certificate, log);
    }

    private PairPaths Pair(int number) => new(folder.Write($"{number}.crt", "certificate"), folder.Write($"{number}.key", "key"));
}
