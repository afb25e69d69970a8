using System.Globalization;
using StepCaRenew.Certificates;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Load;

/// <summary>
/// Renewals for a limited time, next to another process that truncates the same files and writes them in place. No run
/// fails but for a reason that a user must act on: that the other process changed the pair in every attempt.
/// </summary>
public sealed class InPlaceWriterLoadTests(ITestOutputHelper output)
{
    private const int PoolSize = 40;

    private static readonly double Seconds = double.Parse(Environment.GetEnvironmentVariable("STEPCARENEW_LOAD_SECONDS") ?? "10", CultureInfo.InvariantCulture);

    private static int Seed =>
        int.Parse(Environment.GetEnvironmentVariable("STEPCARENEW_LOAD_SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);

    [Fact]
    public async Task NextToAStepThatRenews_NoRunFails()
    {
        Tool.RequireLinux();
        var ca = await TestCas.GetAsync(CaKind.StepCa);
        using var folder = new TestFolder();
        var pair = await ca.IssueAsync(new() { Name = "load.local", Folder = folder });
        // No new key: step would write a certificate for the old one over it, whatever anybody does.
        await RunAsync(ca, pair, _ => false, "renew", ca.Url.ToString(), ca.RootPath);
    }

    [Fact]
    public async Task NextToADeployment_NoRunFails_AndTheLastDeployment_Stays()
    {
        Tool.RequireLinux();
        var ca = await TestCas.GetAsync(CaKind.StepCa);
        using var folder = new TestFolder();
        var pool = Directory.CreateDirectory(Path.Combine(folder, "pool")).FullName;
        for (var i = 0; i < PoolSize; i++)
            await ca.IssueAsync(new() { Name = i.ToString("D4", CultureInfo.InvariantCulture), Folder = pool });
        var pair = await ca.IssueAsync(new() { Name = "load.local", Folder = folder });

        var deployed = (await RunAsync(ca, pair, random => random.Next(3) == 0, "deploy", pool)).Select(line => line.Split(' ')).ToList();

        // A renewal keeps the name, so the name tells which deployment a certificate came from.
        using var last = CertificateFile.Load(pair.CertificatePath);
        Assert.Equal(deployed[^1][0], CommonName.FromCertificate(last.Leaf));
        foreach (var (before, after) in deployed.Zip(deployed.Skip(1)))
            Assert.True(after.Skip(1).Contains(before[0]), $"{before[0]} was lost before {after[0]} came: {string.Join(' ', after.Skip(1))}");
    }

    private async Task<IReadOnlyList<string>> RunAsync(ITestCa ca, IssuedPair pair, Func<Random, bool> isRekey, params string[] writing)
    {
        var (seed, time) = (Seed, TimeSpan.FromSeconds(Seconds));
        var random = new Random(seed);
        var request = new RenewalRequest
        {
            CertificatePath = pair.CertificatePath, KeyPath = pair.KeyPath, Rule = RenewalRule.Force, Ca = new() { StepPath = ca.StepPath }, RetryTimeout = TimeSpan.Zero,
        };
        var (results, startedOver, waits, failures) = (new SortedDictionary<string, int>(StringComparer.Ordinal), 0, 0, new List<string>());
        string[] written;
        await using (var writer = Child.Start(["write", pair.CertificatePath, pair.KeyPath, Seconds.ToString(CultureInfo.InvariantCulture), $"{seed}", .. writing]))
        {
            for (var start = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(start) < time;)
            {
                var log = new CollectingLogger();
                using var engine = new RenewalEngine(TimeProvider.System, random.NextDouble, _ => null, log);
                var (result, error) = await engine.RenewAsync(request with { Rekey = isRekey(random) }, CancellationToken.None);
                var outcome = error?.ErrorId ?? result.Status;
                results[outcome] = results.GetValueOrDefault(outcome) + 1;
                var changes = log.Count(Event.ChangedDuringRenewal);
                startedOver += changes;
                waits += log.Count(Event.DeploymentAwaited);
                if (error is not null && (error.ErrorId, changes) != (ErrorId.ChangedDuringRenewal, 3))
                    failures.Add($"{error.ErrorId} after {changes} changes: {error.Message}");
            }

            var (exit, text, errors) = await writer.EndAsync();
            Assert.True(exit == 0, errors);
            written = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }

        output.WriteLine($"seed {seed}, {Seconds} s: {results.Values.Sum()} runs ({string.Join(", ", results.Select(one => $"{one.Value} {one.Key}"))}); {written.Length} foreign writes; {startedOver} attempts started over, {waits} waits for a write to finish");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        // A reason to act on only if it is not the rule; and the test is worth something only if the two met.
        Assert.InRange(results.GetValueOrDefault(ErrorId.ChangedDuringRenewal), 0, results.GetValueOrDefault(RenewalStatus.Renewed) / 4);
        Assert.InRange(startedOver, 1, int.MaxValue);
        using var last = CertificatePair.Load(pair.CertificatePath, pair.KeyPath, null);
        Assert.True(last.Matches, "At rest the pair does not match.");
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.GetDirectoryName(pair.CertificatePath)!, "*", new EnumerationOptions { AttributesToSkip = 0 }),
            file => file.Contains(".stepcarenew-", StringComparison.Ordinal) && !LockName.Is(file));
        return written;
    }
}
