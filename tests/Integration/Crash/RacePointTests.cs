using StepCaRenew.Integration.Cas;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Crash;

/// <summary>Another program deploys a pair before any single point of a run: in the end its pair is in place, whole, and nothing is left.</summary>
public sealed class RacePointTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CrashLayout.Plain, false)]
    [InlineData(CrashLayout.Plain, true)]
    [InlineData(CrashLayout.TwoFolders, true)]
    [InlineData(CrashLayout.OneFile, true)]
    [InlineData(CrashLayout.Pfx, false)]
    [InlineData(CrashLayout.Pfx, true)]
    [InlineData(CrashLayout.Memory, false)]
    [InlineData(CrashLayout.Memory, true)]
    public async Task DeployedAtAnyPoint_TheirPairStays(CrashLayout layout, bool rekey)
    {
        if (!Unprivileged.IsRoot)
            Assert.Skip("Only root on Linux can give files away.");
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        using var folder = new TestFolder();
        var (issued, theirs) = (await IssueAsync(ca, folder, "ours", TimeSpan.FromHours(20)), await IssueAsync(ca, folder, "theirs", null));
        var (points, startedOver) = (0, 0);
        for (var isRaced = true; isRaced;)
        {
            isRaced = false;
            using var scene = CrashScene.Create(ca, issued, layout);
            var (result, error) = await scene.RunAsync(scene.Request(rekey) with { Rule = RenewalRule.Default }, ++points, () =>
            {
                isRaced = true;
                scene.Deploy(theirs);
            });
            var when = $"Deployed before point {points}";
            Assert.True(error is null, $"{when}: {error}");
            if (isRaced)
                Assert.True(theirs.Leaf.SerialNumber == scene.Serial(), $"{when}: {result.Status}, and another certificate is in place.");
            startedOver += isRaced && result.Status == RenewalStatus.NotDue ? 1 : 0;
            Assert.True(scene.Leftovers.Count == 0, $"{when}: {string.Join(' ', scene.Leftovers)} was left.");
        }

        output.WriteLine($"{layout}, {(rekey ? "rekey" : "renew")}: {points - 1} points; theirs was not due in {startedOver}");
        Assert.InRange(points, 10, 1000);
        Assert.InRange(startedOver, 1, points);
    }

    private static async Task<IssuedPair> IssueAsync(ITestCa ca, string folder, string name, TimeSpan? age) =>
        await ca.IssueAsync(new() { Folder = Directory.CreateDirectory(Path.Combine(folder, name)).FullName, Age = age });
}
