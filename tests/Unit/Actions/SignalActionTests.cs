using System.Diagnostics;
using StepCaRenew.Actions;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Actions;

public sealed class SignalActionTests : IDisposable
{
    private readonly TestFolder folder = new();

    public SignalActionTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Signal_ReachesTheProcessOfTheFile()
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "trap 'exit 42' USR1; echo $$ > pid.new; mv pid.new pid; while :; do sleep 0.1; done"]) { WorkingDirectory = folder.Path })!;
        for (var attempt = 0; attempt < 200 && !File.Exists(folder.At("pid")); attempt++)
            await Task.Delay(50);
        await RunAsync(new SignalAction("SIGUSR1", folder.At("pid")));
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        Assert.Equal(42, process.ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("nginx")]
    [InlineData("1 2")]
    [InlineData("99999999999")]
    public async Task File_WithoutAProcess_IsAFailure(string content)
    {
        // Zero and less would mean this very process and its group.
        var action = new SignalAction("TERM", folder.Write("pid", content));
        Assert.Equal(ErrorId.ActionFailed, (await Assert.ThrowsAsync<RenewalException>(() => RunAsync(action))).ErrorId);
    }

    [Fact]
    public async Task Process_ThatHasGone_IsAFailure()
    {
        using var process = Process.Start("true");
        await process.WaitForExitAsync();
        var action = new SignalAction("HUP", folder.Write("pid", $"{process.Id}\n"));
        Assert.Contains($"process {process.Id}", (await Assert.ThrowsAsync<RenewalException>(() => RunAsync(action))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_ThatIsMissing_StopsNoRenewal_ButFailsWhenItsTurnComes()
    {
        var action = new SignalAction("HUP", folder.At("missing"));
        action.Demand(new ActionHost());
        Assert.Contains("may not be running", (await Assert.ThrowsAsync<RenewalException>(() => RunAsync(action))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FOO")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("65")]
    [InlineData("SIG1")]
    public void Signal_ThatIsNone_IsInvalid(string signal) =>
        Assert.Equal(ErrorId.ActionInvalid, Assert.Throws<RenewalException>(() => new SignalAction(signal, folder.At("pid")).Demand(new ActionHost())).ErrorId);

    [Fact]
    public void File_ThatIsAFolder_IsInvalid() =>
        Assert.Equal(ErrorId.ActionInvalid, Assert.Throws<RenewalException>(() => new SignalAction("HUP", folder.Path).Demand(new ActionHost())).ErrorId);

    private static Task RunAsync(SignalAction action) =>
        action.RunAsync(new ActionContext(new ActionHost(), [], new Dictionary<string, string?>(), new EventLog(), TimeProvider.System), CancellationToken.None);
}
