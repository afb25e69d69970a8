using StepCaRenew.FileSystem.Native;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Faults;

/// <summary>A user without a passwd entry, as containers have them, and without a home folder: the process of a child is one.</summary>
public sealed class NoHomeTests : FaultTest
{
    // No account of any machine, and in the range that OpenShift takes them from.
    private const uint Nobody = 1000710000;

    [Theory]
    [InlineData("-u", "HOME", false)]
    [InlineData("-u", "HOME", true)]
    [InlineData("HOME=", null, false)]
    [InlineData("HOME=/nonexistent", null, false)]
    public async Task ARenewal_NeedsNoHome(string home, string? variable, bool rekey)
    {
        var (ca, pair) = await TheirsAsync();
        var before = File.ReadAllBytes(pair.CertificatePath);

        var output = await RunAsNobodyAsync(Request(ca, pair) with { Rekey = rekey }, [home, .. variable is null ? Array.Empty<string>() : [variable]]);

        Assert.Equal("""["Renewed",null,null]""", output);
        Assert.NotEqual(before, File.ReadAllBytes(pair.CertificatePath));
        Assert.Equal(Nobody, Owner(pair.CertificatePath));
        // The lock names its holder, by the number where there is no name.
        Assert.Matches($"^process [0-9]+ of user {Nobody} *$", File.ReadAllText(LockOf(pair)));
    }

    [Fact]
    public async Task WithoutAStepFolder_TheErrorSaysWhy()
    {
        var (ca, pair) = await TheirsAsync();
        var output = await RunAsNobodyAsync(Request(ca, pair) with { Ca = new() { StepPath = "" } }, ["-u", "HOME"]);
        Assert.Contains(ErrorId.CaUrlMissing, output, StringComparison.Ordinal);
        Assert.Contains($"no step folder, since user {Nobody} has no home folder (HOME is not set, and there is no entry in passwd)", output, StringComparison.Ordinal);
        Assert.DoesNotContain(".step/", output, StringComparison.Ordinal);
        // A home folder that is named, whether it exists or not, is one.
        output = await RunAsNobodyAsync(Request(ca, pair) with { Ca = new() { StepPath = "" } }, ["HOME=/nonexistent"]);
        Assert.Contains("/nonexistent/.step/config/defaults.json", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileThatThisUserCannotRead_NamesTheUser()
    {
        var (ca, pair) = await TheirsAsync();
        Tool.Run("chown", "0:0", pair.KeyPath);
        Tool.Run("chmod", "600", pair.KeyPath);
        var output = await RunAsNobodyAsync(Request(ca, pair), ["-u", "HOME"]);
        Assert.Contains(ErrorId.AccessDenied, output, StringComparison.Ordinal);
        Assert.Contains($"user {Nobody} does not have permission", output, StringComparison.Ordinal);
    }

    private static uint? Owner(string path) => OperatingSystem.IsLinux() ? LinuxStat.TryRead(path, followLinks: false)?.User : null;

    private async Task<(ITestCa Ca, IssuedPair Pair)> TheirsAsync()
    {
        Tool.RequireLinux();
        Tool.RequireRoot();
        Tool.Require("setpriv");
        var ca = await CaAsync(CaKind.DevCa);
        var folder = Path.Combine(Folder, "theirs");
        var pair = await IssueIntoAsync(ca, folder);
        Tool.Run("chmod", "755", Folder);
        Tool.Run("chown", "-R", $"{Nobody}:0", folder);
        // Root's folder of the CA may be closed; what step reads of it is public.
        Tool.Run("chmod", "-R", "a+rX", ca.StepPath);
        return (ca, pair);
    }

    private static async Task<string> RunAsNobodyAsync(RenewalRequest request, string[] environment)
    {
        await using var child = Child.StartAs(["setpriv", "--reuid", $"{Nobody}", "--regid", "0", "--clear-groups", "env", .. environment], ["run", .. ChildProgram.Tell(request)]);
        var (_, output, errors) = await child.EndAsync();
        Assert.Equal("", errors);
        return System.Text.RegularExpressions.Regex.Unescape(output.Trim());
    }
}
