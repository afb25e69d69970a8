using StepCaRenew.FileSystem;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.Stores.PemFiles;

public sealed class LockRemovalTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly OpenFolders folders = new();
    private readonly PairPaths paths;

    public LockRemovalTests() => paths = new(folder.Write("web.crt", "x"), folder.Write("web.key", "y"));

    public void Dispose()
    {
        folders.Dispose();
        folder.Dispose();
    }

    [LinuxFact]
    public void Run_FreeLocks_AreRemoved_AndNothingElse()
    {
        foreach (var path in new[] { paths.Lock, paths.Acting, paths.Pending })
            File.WriteAllText(path, "z");
        LockRemoval.Run(paths);
        Assert.Equal([paths.Pending, paths.Certificate, paths.Key], Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
        LockRemoval.Run(paths);
        Assert.False(File.Exists(paths.Lock), "Looking for a lock made one.");
    }

    [LinuxFact]
    public void Run_ALockThatIsHeld_Stays()
    {
        var (outcome, held) = LockFile.TryOpen(folders, paths.Lock);
        using var file = held;
        Assert.Equal(LockOutcome.Acquired, outcome);
        LockRemoval.Run(paths);
        Assert.True(LockFile.IsInPlace(file!, folders, paths.Lock));
    }

    [LinuxFact]
    public void Run_FileThatIsNotALock_Stays()
    {
        File.CreateSymbolicLink(paths.Lock, paths.Key);
        Directory.CreateDirectory(paths.Acting);
        LockRemoval.Run(paths);
        Assert.Equal("y", File.ReadAllText(paths.Key));
        Assert.True(Directory.Exists(paths.Acting));
        Assert.NotNull(new FileInfo(paths.Lock).LinkTarget);
    }

    // The promise of a lock: removing it next to runs that come and go never lets two of them hold it.
    [LinuxFact]
    public void Run_NextToRunsThatTakeTheLock_NeverLetsTwoHoldIt()
    {
        var (inside, most, taken) = (0, 0, 0);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, worker =>
        {
            while (!end.IsCancellationRequested)
            {
                if (worker < 2)
                {
                    LockRemoval.Run(paths);
                    continue;
                }

                using var own = new OpenFolders();
                using var file = LockFile.TryOpen(own, paths.Lock).File;
                if (file is null)
                    continue;
                var now = Interlocked.Increment(ref inside);
                most = Math.Max(most, now);
                Interlocked.Increment(ref taken);
                Thread.SpinWait(2000);
                // A lock that was removed while it was held lets others in.
                Assert.True(LockFile.IsInPlace(file, own, paths.Lock));
                Interlocked.Decrement(ref inside);
            }
        });
        Assert.True(taken > 100, $"{taken} times is too seldom to show anything.");
        Assert.Equal(1, most);
    }
}
