using System.Globalization;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Issuance;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Crash;

/// <summary>
/// A request is killed at every call of the file system, and so is the next one: each finds the place as it was before, or
/// completes the pair.
/// </summary>
public sealed class RequestKillPointTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("nothing", true)]
    [InlineData("nothing", false)]
    [InlineData("key", true)]
    [InlineData("mismatch", true)]
    [InlineData("mismatch", false)]
    [InlineData("pair", true)]
    [InlineData("pair", false)]
    public async Task KilledTwice_TheNextRequestFindsOrMakesAWholePair(string before, bool canExchange)
    {
        // On Windows, the lock of a run that only seems to be dead keeps its folder.
        Tool.RequireLinux();
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var model = new RequestScene(ca);
        await PrepareAsync(model, before);
        var key = before is "key" or "mismatch" ? File.ReadAllBytes(model.KeyPath) : null;
        var (first, second, found) = (0, 0, 0);
        // Many points leave the same files; one of each is killed a second time.
        var states = new HashSet<string>();
        for (var n = 1; ; n++)
        {
            using var crashed = Scene(ca);
            Copy(model, crashed);
            var isComplete = await IsCompleteAsync(crashed, before, n, canExchange);
            first += isComplete ? 0 : 1;
            if (!isComplete && !states.Add(StateOf(crashed)))
                continue;
            for (var m = 1; ; m++)
            {
                using var again = Scene(ca);
                Copy(crashed, again);
                var isSecondComplete = isComplete || await IsCompleteAsync(again, before, m, canExchange);
                // A copy, since the lock of a run that only seems to be dead is still held.
                using var scene = Scene(ca);
                Copy(again, scene);
                found += await LastAsync(scene, before) ? 0 : 1;
                scene.AssertWhole().Dispose();
                if (key is not null)
                    Assert.Equal(key, File.ReadAllBytes(scene.KeyPath));
                if (isSecondComplete)
                    break;
                second++;
            }

            if (isComplete)
                break;
        }

        output.WriteLine($"{before}, {(canExchange ? "with" : "without")} exchange: {first} points, {states.Count} states, {second} pairs of points; the last run found a whole pair {found} times");
        Assert.InRange(first, 10, 1000);
        Assert.InRange(states.Count, 3, first);
        Assert.InRange(second, first, 100_000);
        // -Force replaces any pair.
        Assert.InRange(found, before == "pair" ? 0 : 1, second + first + 1);
    }

    // The recovery waits for other programs for two seconds, which nobody does here.
    private static RequestScene Scene(ITestCa ca) => new(ca) { StoreClock = new InstantClock(DateTimeOffset.UtcNow) };

    /// <summary>A real process and a real SIGKILL.</summary>
    [Theory]
    [InlineData("nothing")]
    [InlineData("mismatch")]
    public async Task KilledProcess_TheNextRequestFindsOrMakesAWholePair(string before)
    {
        Tool.RequireLinux();
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var model = new RequestScene(ca);
        await PrepareAsync(model, before);
        var found = 0;
        var points = int.Parse((await RunChildAsync(ca, model, before, 0, expected: 0)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], CultureInfo.InvariantCulture);
        await Parallel.ForEachAsync(Enumerable.Range(1, points), new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (point, _) =>
        {
            using var scene = new RequestScene(ca);
            await PrepareAsync(scene, before);
            await RunChildAsync(ca, scene, before, point, expected: 137);
            Interlocked.Add(ref found, await LastAsync(scene, before) ? 0 : 1);
            scene.AssertWhole().Dispose();
        });
        output.WriteLine($"{before}: killed at {points} points (SIGKILL); the next request found a whole pair {found} times");
        Assert.InRange(points, 10, 1000);
        Assert.InRange(found, 1, points - 1);
    }

    private static async Task<string> RunChildAsync(ITestCa ca, RequestScene scene, string before, int killAt, int expected)
    {
        var token = await ca.TokenAsync(new("web.local") { Sans = ["web.local"] });
        await using var child = Child.Start(["crash-request", scene.CertificatePath, ca.StepPath, token, before == "mismatch" ? "key" : "new", killAt.ToString(CultureInfo.InvariantCulture)]);
        var (exit, text, errors) = await child.EndAsync();
        Assert.True(exit == expected, $"Point {killAt}: {exit}: {text}{errors}");
        return text;
    }

    private static async Task PrepareAsync(RequestScene scene, string before)
    {
        if (before == "nothing")
            return;
        await scene.PlaceAsync();
        if (before == "key")
            File.Delete(scene.CertificatePath);
        if (before == "mismatch")
        {
            await scene.PlaceAsync("web.crt", "other.key");
            File.Delete(scene.At("other.key"));
        }
    }

    // A renewal that finds the leftovers of a request completes the pair, or reports that there is none.
    [Fact]
    public async Task Killed_ARenewalCompletesThePair_OrFindsNone()
    {
        Tool.RequireLinux();
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        var completed = 0;
        for (var (n, isComplete) = (1, false); !isComplete; n++)
        {
            using var scene = new RequestScene(ca);
            using var crashed = new RequestScene(ca);
            isComplete = await IsCompleteAsync(crashed, "nothing", n, canExchange: true);
            Copy(crashed, scene);
            var hadCertificate = File.Exists(scene.CertificatePath);
            using var engine = new Renewal.RenewalEngine(TimeProvider.System, () => 0.5, _ => null, scene.Log);
            var (_, error) = await engine.RenewAsync(new() { CertificatePath = scene.CertificatePath, Ca = new() { StepPath = ca.StepPath } }, CancellationToken.None);
            if (error is null)
            {
                completed += hadCertificate ? 0 : 1;
                scene.AssertWhole().Dispose();
            }
            else
            {
                Assert.Equal(ErrorId.FileNotFound, error.ErrorId);
                Assert.False(hadCertificate);
            }
        }

        Assert.InRange(completed, 1, 1000);
    }

    // Names and sizes; the contents differ by their random numbers.
    private static string StateOf(RequestScene scene) =>
        string.Join(' ', new DirectoryInfo(scene.Folder).EnumerateFiles("*", new EnumerationOptions { AttributesToSkip = 0 }).Where(file => !file.Name.EndsWith("-lock", StringComparison.Ordinal)).Select(file => $"{file.Name} {(file.Length + 50) / 100}").Order(StringComparer.Ordinal));

    // Without the lock, which the kernel releases when a process dies.
    private static void Copy(RequestScene from, RequestScene to)
    {
        foreach (var path in Directory.EnumerateFiles(from.Folder, "*", new EnumerationOptions { AttributesToSkip = 0 }).Where(path => !path.EndsWith("-lock", StringComparison.Ordinal)))
        {
            File.Copy(path, to.At(Path.GetFileName(path)));
            File.SetLastWriteTimeUtc(to.At(Path.GetFileName(path)), DateTime.UtcNow.AddHours(-1));
        }
    }

    // False if it was "killed".
    private static async Task<bool> IsCompleteAsync(RequestScene scene, string before, int dieAt, bool canExchange)
    {
        var volume = new DyingVolume(dieAt, canExchange);
        scene.Volumes = _ => volume;
        try
        {
            await RequestAsync(scene, before);
            return true;
        }
        catch (RenewalException e) when (e.InnerException is DyingVolume.CrashException)
        {
            return false;
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.PairExists)
        {
            return true;
        }
    }

    // False if there was a pair already.
    private static async Task<bool> LastAsync(RequestScene scene, string before)
    {
        scene.Volumes = folders => new FileSystem.Volume(folders);
        try
        {
            return await RequestAsync(scene, before);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.PairExists)
        {
            using var pair = CertificatePair.Load(scene.CertificatePath, scene.KeyPath, null);
            Assert.True(pair.Matches);
            return false;
        }
    }

    private static async Task<bool> RequestAsync(RequestScene scene, string before) => await scene.RunAsync(
        scene.Request(await scene.TokenAsync()) with { UseExistingKey = before is "key" or "mismatch", Force = before == "pair" });
}
