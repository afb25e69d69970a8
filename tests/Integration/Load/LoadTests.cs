using System.Globalization;
using StepCaRenew.Certificates;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Children;
using StepCaRenew.Policy;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Load;

/// <summary>Eight processes work on one pair, another one deploys over it, and a reader reads it all the time.</summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Workers = 8;

    // CI runs the full minute; what every change is tested with takes a quarter of it.
    private static readonly double Seconds =
        double.Parse(Environment.GetEnvironmentVariable("STEPCARENEW_LOAD_SECONDS") ?? (Environment.GetEnvironmentVariable("CI") is null ? "15" : "60"), CultureInfo.InvariantCulture);

    [Fact]
    public async Task AtRestThePairMatches_AndNoForeignReplacementIsLost()
    {
        var ca = await TestCas.GetAsync(CaKind.StepCa);
        using var folder = new TestFolder();
        var pool = Directory.CreateDirectory(Path.Combine(folder, "pool")).FullName;
        var pair = await ca.IssueAsync(new() { Name = "load.local", Folder = folder });
        var serials = new Dictionary<string, string>();
        for (var i = 0; i < Seconds * 3; i++)
        {
            var name = i.ToString("D4", CultureInfo.InvariantCulture);
            serials[name] = (await ca.IssueAsync(new() { Name = name, Folder = pool })).Leaf.SerialNumber;
        }

        var log = Path.Combine(folder, "deployed.log");
        string[] told = ChildProgram.Tell(new() { CertificatePath = pair.CertificatePath, KeyPath = pair.KeyPath, Rule = RenewalRule.Force, Ca = new() { StepPath = ca.StepPath } });
        var time = Seconds.ToString(CultureInfo.InvariantCulture);
        var replacer = Child.Start("replace", pair.CertificatePath, pair.KeyPath, pool, time, log);
        var workers = Enumerable.Range(0, Workers).Select(seed => Child.Start(["load", .. told, time, seed.ToString(CultureInfo.InvariantCulture)])).ToList();
        using var isOver = new CancellationTokenSource();
        var reading = Task.Run(() => Read(pair.CertificatePath, pair.KeyPath, isOver.Token));
        var lines = new List<string[]>();
        foreach (var child in workers.Append(replacer))
        {
            await using (child)
            {
                var (exit, text, errors) = await child.EndAsync();
                Assert.True(exit == 0, errors);
                lines.AddRange(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 7)));
            }
        }

        await isOver.CancelAsync();
        var (reads, mismatches) = await reading;

        var deployed = (await File.ReadAllLinesAsync(log)).Select(line => line.Split(' ')).ToList();
        var runs = lines.Where(line => line[0] != "look").ToList();
        var results = string.Join(", ", runs.GroupBy(line => $"{line[0]} {line[1]}").OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}"));
        output.WriteLine($"{Seconds} s, {Workers} processes: {runs.Count} runs ({results}); {deployed.Count} foreign replacements; {runs.Sum(line => int.Parse(line[4], CultureInfo.InvariantCulture))} rounds started again for one");
        output.WriteLine($"{reads} reads, each file whole; {mismatches} saw a pair between two steps; {lines.Count(line => line is ["look", "mismatch"])} of {lines.Count(line => line[0] == "look")} looks of the others did");

        Assert.All(runs, line => Assert.True(line[1] is RenewalStatus.Renewed or ErrorId.ChangedDuringRenewal or ErrorId.KeyMismatch or ErrorId.Locked, string.Join(' ', line)));
        Assert.All(lines.Where(line => line[0] == "look"), line => Assert.True(line[1] is "match" or "mismatch", line[1]));
        Assert.Contains(runs, line => line[1] == RenewalStatus.Renewed);
        using var last = CertificatePair.Load(pair.CertificatePath, pair.KeyPath, null);
        Assert.True(last.Matches, "At rest the pair does not match.");
        // From renewal to what was renewed, back to what somebody deployed.
        var origins = runs.Where(line => line[1] is RenewalStatus.Renewed or ErrorId.KeyMismatch && line[3] != line[2]).GroupBy(line => line[3]).ToDictionary(group => group.Key, group => group.First()[2]);
        string Origin(string serial) => origins.TryGetValue(serial, out var before) ? Origin(before) : serial;
        Assert.Equal(serials[deployed[^1][0]], Origin(last.Leaf.SerialNumber));
        for (var i = 1; i < deployed.Count; i++)
            Assert.True(deployed[i][1..].Any(found => Origin(found) == serials[deployed[i - 1][0]]), $"The foreign pair {deployed[i - 1][0]} was lost before the next one came.");
        Assert.DoesNotContain(
            Directory.EnumerateFiles(folder, "*", new EnumerationOptions { AttributesToSkip = 0 }),
            file => file.Contains(".stepcarenew-", StringComparison.Ordinal) && !LockName.Is(file));
    }

    // As a server does at its start: each file for itself, and then the question whether they fit.
    private static (int Reads, int Mismatches) Read(string certificate, string key, CancellationToken isOver)
    {
        var (reads, mismatches) = (0, 0);
        while (!isOver.IsCancellationRequested)
        {
            // A file that is missing, empty or half there throws.
            using var pair = CertificatePair.Load(certificate, key, null);
            reads++;
            mismatches += pair.Matches ? 0 : 1;
        }

        return (reads, mismatches);
    }
}
