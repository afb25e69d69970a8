using StepCaRenew.Integration.Cas;
using StepCaRenew.Policy;

namespace StepCaRenew.Integration.Faults;

/// <summary>Somebody put something at a fixed name, where only a crash leaves anything: it neither misleads a run nor stops it.</summary>
public sealed class ForgedLeftoverTests : FaultTest
{
    public static MatrixTheoryData<string, string, string> All { get; } =
        new(["garbage", "stranger", "link", "dangling link", "pipe", "folder"], ["crt", "key"], ["new", "old"]);

    [Theory]
    [MemberData(nameof(All))]
    public async Task Leftover_IsSwept_OrNamed(string what, string half, string which)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var stranger = await IssueIntoAsync(ca, Path.Combine(Folder, "stranger"));
        var forged = Path.Combine(Folder, $".{Path.GetFileName(half == "crt" ? pair.CertificatePath : pair.KeyPath)}.stepcarenew-{which}");
        var (others, before) = (half == "crt" ? stranger.CertificatePath : stranger.KeyPath, File.ReadAllBytes(half == "crt" ? stranger.CertificatePath : stranger.KeyPath));
        switch (what)
        {
            case "garbage":
                File.WriteAllText(forged, "garbage");
                break;
            case "stranger":
                File.Copy(others, forged);
                break;
            case "link":
                File.CreateSymbolicLink(forged, others);
                break;
            case "dangling link":
                File.CreateSymbolicLink(forged, Path.Combine(Folder, "nothing"));
                break;
            case "pipe":
                Tool.Run("mkfifo", forged);
                break;
            default:
                Directory.CreateDirectory(forged);
                break;
        }

        if (what == "folder" && which == "new")
        {
            var error = await IntactAsync(ErrorId.WriteFailed, Request(ca, pair) with { Rekey = true });
            Assert.Contains(forged, error.Message, StringComparison.Ordinal);
            return;
        }

        await RekeyedAsync(Request(ca, pair));
        Assert.Equal(what == "folder", Path.Exists(forged));
        Assert.False(File.Exists(Path.Combine(Folder, "nothing")));
        Assert.Equal(before, File.ReadAllBytes(others));
    }

    /// <summary>A whole foreign pair at the fixed names does not change a pair that matches.</summary>
    [Theory]
    [InlineData("new")]
    [InlineData("old")]
    public async Task StrangersPair_IsNotTaken(string which)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var stranger = await IssueIntoAsync(ca, Path.Combine(Folder, "stranger"));
        File.Copy(stranger.CertificatePath, Path.Combine(Folder, $".{Path.GetFileName(pair.CertificatePath)}.stepcarenew-{which}"));
        File.Copy(stranger.KeyPath, Path.Combine(Folder, $".{Path.GetFileName(pair.KeyPath)}.stepcarenew-{which}"));
        var (result, error) = await RunAsync(Request(ca, pair) with { Rule = RenewalRule.Default });
        Assert.Null(error);
        AssertResult.Is(result, RenewalStatus.NotDue, serialNumber: pair.Leaf.SerialNumber);
        AssertNothingStaged();
    }
}
