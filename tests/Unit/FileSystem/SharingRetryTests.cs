using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>How long and how often a refused replacement is tried again.</summary>
public sealed class SharingRetryTests
{
    // 5 seconds in steps of 50 ms, and the first one.
    private const int MostCalls = 101;
    private static readonly string Target = Path.Combine(Path.GetTempPath(), "certs", "web.crt");

    private readonly InstantClock clock = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
    private int calls;

    [Theory]
    [InlineData(0x20, 1)]
    [InlineData(0x05, 3)]
    [InlineData(0x05, 100)]
    public async Task RunAsync_RefusedForAWhile_Succeeds(int code, int refusals)
    {
        Assert.Equal(7, await Retry().RunAsync(() => Call(code, refusals), Target));
        Assert.Equal(refusals + 1, calls);
        Assert.Equal(refusals, clock.Waits.Count);
    }

    [Theory]
    [InlineData(0x20, ErrorId.FileInUse)]
    [InlineData(0x05, ErrorId.FileInUse)]
    public async Task RunAsync_RefusedForFiveSeconds_IsInUse(int code, string errorId)
    {
        var error = await Assert.ThrowsAsync<RenewalException>(() => Retry().RunAsync(() => Call(code, int.MaxValue), Target));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Equal(MostCalls, calls);
        Assert.Equal(TimeSpan.FromSeconds(5), clock.Waits.Aggregate((sum, wait) => sum + wait));
    }

    [Fact]
    public async Task RunAsync_AnotherError_IsReportedAtOnce()
    {
        var error = await Assert.ThrowsAsync<RenewalException>(() => Retry().RunAsync(() => Call(0x1F, int.MaxValue), Target));
        Assert.Equal(ErrorId.WriteFailed, error.ErrorId);
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task RunAsync_OnUnix_NothingIsTriedAgain()
    {
        var error = await Assert.ThrowsAsync<RenewalException>(() => new SharingRetry(clock, new Refusals()).RunAsync(() => Call(0x05, int.MaxValue), Target));
        Assert.Equal(ErrorId.FolderNotWritable, error.ErrorId);
        Assert.Equal(1, calls);
    }

    [Fact]
    public void Run_SmallFileOfOurOwn_IsTriedAgain_AndThrowsTheLastErrorAsItIs()
    {
        Retry().Run(() => Call(0x05, 3));
        Assert.Equal(4, calls);
        calls = 0;
        Assert.Throws<UnauthorizedAccessException>(() => Retry().Run(() => Call(0x05, int.MaxValue)));
        Assert.Equal(MostCalls, calls);
    }

    private SharingRetry Retry() => new(clock, new WindowsRefusals(new WindowsRefusalsTests.Probe(true, true)));

    private int Call(int code, int refusals) => ++calls <= refusals ? throw WindowsRefusalsTests.Error(code) : 7;
}
