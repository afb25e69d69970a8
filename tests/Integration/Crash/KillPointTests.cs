using System.Globalization;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Crash;

/// <summary>
/// A run is killed at every single file-system call that it makes, and so is the next run that recovers: in the
/// end a whole pair is in place. The points are counted, not listed.
/// </summary>
public sealed class KillPointTests(ITestOutputHelper output)
{
    public static TheoryData<CrashLayout, bool, string> InProcess { get; } = new()
    {
        { CrashLayout.Plain, false, "EC-P256" },
        { CrashLayout.Plain, true, "EC-P256" },
        { CrashLayout.Plain, true, "RSA-2048" },
        { CrashLayout.TwoFolders, true, "EC-P256" },
        { CrashLayout.OneFile, true, "EC-P256" },
        { CrashLayout.OneFile, false, "RSA-2048" },
        { CrashLayout.WithoutExchange, false, "EC-P256" },
        { CrashLayout.WithoutExchange, true, "EC-P256" },
        { CrashLayout.Pfx, false, "EC-P256" },
        { CrashLayout.Pfx, true, "RSA-2048" },
        { CrashLayout.PfxWithoutExchange, true, "EC-P256" },
        { CrashLayout.Memory, false, "EC-P256" },
        { CrashLayout.Memory, true, "EC-P256" },
    };

    /// <summary>A real process and a real SIGKILL, and a real step before it: the CA has issued.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KilledAnywhere_TheNextRunFindsOrMakesAWholePair(bool rekey)
    {
        DemandRoot();
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var folder = new TestFolder();
        var issued = await ca.IssueAsync(new() { Folder = folder });
        var points = await CountAsync(ca, issued, rekey);
        var (news, recovered) = (0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(1, points), new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (point, _) =>
        {
            using var scene = new FileScene(ca, issued, CrashLayout.Plain);
            await using var child = Child.Start(["crash", .. ChildProgram.Tell(scene.Request(rekey)), Text(point)]);
            var (exit, text, errors) = await child.EndAsync();
            Assert.True(exit == 137, $"Not killed at point {point}, but {exit}: {text}{errors}");
            var result = await NextRunAsync(scene);
            Interlocked.Add(ref recovered, result.Changed ? 1 : 0);
            Interlocked.Add(ref news, scene.AssertWhole($"Killed at point {point}") ? 1 : 0);
        });
        output.WriteLine($"{(rekey ? "rekey" : "renew")}: killed at {points} points (SIGKILL); the new pair {news} times, the old one {points - news} times; {recovered} were half replaced, and then completed");
        Assert.InRange(points, 10, 1000);
        Assert.InRange(news, 1, points - 1);
    }

    /// <summary>The same in all layouts, and killed once more at every point of the recovery; here a crash is an exception that lets no call through any more.</summary>
    [Theory]
    [MemberData(nameof(InProcess))]
    public async Task KilledTwice_TheRunAfterFindsOrMakesAWholePair(CrashLayout layout, bool rekey, string algorithm)
    {
        DemandRoot();
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var folder = new TestFolder();
        var issued = await ca.IssueAsync(new() { Folder = folder, KeyAlgorithm = algorithm });
        var (first, second, news) = (0, 0, 0);
        for (var n = 1; ; n++)
        {
            using var crashed = CrashScene.Create(ca, issued, layout);
            var isComplete = await IsCompleteAsync(crashed, crashed.Request(rekey), n);
            for (var m = 1; ; m++)
            {
                using var scene = crashed.Copy();
                // Without a first crash there is nothing to recover from.
                var isRecovered = await IsCompleteAsync(scene, scene.NextRun, isComplete ? 0 : m);
                await NextRunAsync(scene);
                news += scene.AssertWhole($"Killed at {n} and again at {m}") ? 1 : 0;
                if (isRecovered)
                    break;
                second++;
            }

            if (isComplete)
                break;
            first++;
        }

        output.WriteLine($"{layout}, {(rekey ? "rekey" : "renew")}, {algorithm}: {first} points, {second} pairs of points; {news} ended with the new pair");
        Assert.InRange(first, 10, 1000);
        Assert.InRange(second, first, 100_000);
    }

    private static async Task<int> CountAsync(ITestCa ca, IssuedPair issued, bool rekey)
    {
        using var scene = new FileScene(ca, issued, CrashLayout.Plain);
        await using var child = Child.Start(["crash", .. ChildProgram.Tell(scene.Request(rekey)), "0"]);
        var (exit, text, errors) = await child.EndAsync();
        Assert.True(exit == 0, text + errors);
        Assert.True(scene.AssertWhole("Not killed"));
        return int.Parse(text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], CultureInfo.InvariantCulture);
    }

    // False if it was "killed".
    private static async Task<bool> IsCompleteAsync(CrashScene scene, RenewalRequest request, int dieAt)
    {
        var (_, error) = await scene.RunAsync(request, dieAt);
        if (error?.InnerException is DyingVolume.CrashException)
            return false;
        Assert.True(error is null, $"{error?.ErrorId}: {error}");
        return true;
    }

    private static async Task<RenewalResult> NextRunAsync(CrashScene scene)
    {
        var (result, error) = await scene.RunAsync(scene.NextRun, dieAt: 0);
        Assert.True(error is null, $"{error?.ErrorId}: {error}");
        return result;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void DemandRoot()
    {
        if (Environment.GetEnvironmentVariable("STEPCARENEW_STRICT") == "1")
            Assert.True(Unprivileged.IsRoot, "Only root on Linux can give files away.");
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root on Linux can give files away.");
    }
}
