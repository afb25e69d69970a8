using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Ca;
using StepCaRenew.Unit.Policy;

namespace StepCaRenew.Unit.Ca;

public sealed class RetryPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly InstantClock clock = new(Start);
    private readonly List<TimeSpan> attempts = [];
    private readonly List<TimeSpan> announced = [];

    private static RenewalException Transient => new(ErrorId.CaUnreachable, "down", "wait") { IsTransient = true };

    [Fact]
    public async Task RunAsync_Success_IsOneAttempt()
    {
        Assert.Equal("done", await RunAsync(Minute, _ => "done"));
        Assert.Single(attempts);
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task RunAsync_SuccessAfterFailures_IsTheSuccess()
    {
        Assert.Equal("done", await RunAsync(Minute, attempt => attempt < 4 ? throw Transient : "done"));
        Assert.Equal(4, attempts.Count);
        Assert.Equal(3, announced.Count);
    }

    [Fact]
    public async Task RunAsync_AlwaysDown_EndsWithTheLastError()
    {
        var e = await Expect.FailureAsync(ErrorId.CaFailed, () => RunAsync(Minute, attempt => throw new RenewalException(ErrorId.CaFailed, $"attempt {attempt}", "x") { IsTransient = true }));
        Assert.Equal($"attempt {attempts.Count}", e.Message);
    }

    [Fact]
    public async Task RunAsync_LeastJitter_DoublesFromAQuarterUpToSevenAndAHalf()
    {
        await Expect.FailureAsync(ErrorId.CaUnreachable, () => RunAsync(Minute, _ => throw Transient, random: 0));
        Assert.Equal([0.25, 0.5, 1, 2, 4, 7.5, 7.5, 7.5, 7.5, 7.5, 7.5, 7.25], clock.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public void RunAsync_AnyJitter_StaysWithinHalfAndWholeDelay() => Properties.Hold(Arb.From(Gen.Choose(0, 999)), thousandth =>
    {
        var waits = Waits(TimeSpan.FromMinutes(2), thousandth / 1000.0);
        return waits.SkipLast(1).Select((wait, i) => (wait, Math.Min(0.5 * Math.Pow(2, i), 15))).All(x => x.wait.TotalSeconds >= x.Item2 / 2 && x.wait.TotalSeconds < x.Item2);
    });

    [Fact]
    public void RunAsync_AnyJitter_StartsNothingAfterTheBudget() => Properties.Hold(Arb.From(Gen.Choose(0, 999)), Arb.From(Gen.Choose(0, 600)), (thousandth, seconds) =>
    {
        var waits = Waits(TimeSpan.FromSeconds(seconds), thousandth / 1000.0);
        return waits.Sum(wait => wait.Ticks) <= TimeSpan.FromSeconds(seconds).Ticks;
    });

    [Fact]
    public async Task RunAsync_SlowAttempts_CountAgainstTheBudget()
    {
        await Expect.FailureAsync(ErrorId.CaUnreachable, () => RunAsync(Minute, _ =>
        {
            clock.Advance(TimeSpan.FromSeconds(29));
            throw Transient;
        }));
        Assert.Equal(3, attempts.Count);
        Assert.All(attempts, start => Assert.True(start <= Minute));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task RunAsync_NoBudget_IsOneAttempt(int seconds)
    {
        await Expect.FailureAsync(ErrorId.CaUnreachable, () => RunAsync(TimeSpan.FromSeconds(seconds), _ => throw Transient));
        Assert.Single(attempts);
    }

    [Fact]
    public async Task RunAsync_LongestBudget_DoesNotOverflow() =>
        Assert.Equal("done", await RunAsync(TimeSpan.MaxValue, attempt => attempt < 50 ? throw Transient : "done"));

    [Fact]
    public async Task RunAsync_RetryAfter_IsWaitedForToTheSecond()
    {
        await RunAsync(Minute, attempt => attempt == 1 ? throw Asked(TimeSpan.FromSeconds(7)) : "done");
        Assert.Equal([TimeSpan.FromSeconds(7)], clock.Waits);
        Assert.Equal([TimeSpan.FromSeconds(7)], announced);
    }

    [Fact]
    public async Task RunAsync_RetryAfterBeyondTheBudget_IsNotWaitedFor()
    {
        await Expect.FailureAsync(ErrorId.CaBusy, () => RunAsync(Minute, _ => throw Asked(TimeSpan.FromHours(1))));
        Assert.Single(attempts);
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task RunAsync_Refusal_IsNotRetried()
    {
        await Expect.FailureAsync(ErrorId.RenewalRefused, () => RunAsync(Minute, _ => throw new RenewalException(ErrorId.RenewalRefused, "no", "x")));
        Assert.Single(attempts);
    }

    [Fact]
    public async Task RunAsync_RefusalAfterFailures_EndsIt()
    {
        await Expect.FailureAsync(ErrorId.RenewalRefused, () => RunAsync(Minute, attempt => throw (attempt < 3 ? Transient : new RenewalException(ErrorId.RenewalRefused, "no", "x"))));
        Assert.Equal(3, attempts.Count);
    }

    [Fact]
    public async Task RunAsync_OtherException_IsNotRetried()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(Minute, _ => throw new InvalidOperationException()));
        Assert.Single(attempts);
    }

    [Fact]
    public async Task RunAsync_CancelledBefore_DoesNotBegin()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(Minute, _ => "done", token: new CancellationToken(canceled: true)));
        Assert.Empty(attempts);
    }

    [Fact]
    public async Task RunAsync_CancelledWhileWaiting_EndsAtOnce()
    {
        // This clock stands still: only the cancellation can end the wait.
        var standing = new FakeTimeProvider(Start);
        using var cancel = new CancellationTokenSource();
        var retry = new RetryPolicy(Minute, standing, () => 0.5);
        var (count, waiting) = (0, new TaskCompletionSource());
        var run = retry.RunAsync<string>(
            _ =>
            {
                count++;
                throw Transient;
            },
            (_, _) => waiting.SetResult(),
            cancel.Token);
        await waiting.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(run.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, count);
    }

    private static RenewalException Asked(TimeSpan wait) => new(ErrorId.CaBusy, "busy", "wait") { IsTransient = true, RetryAfter = wait };

    private static IReadOnlyList<TimeSpan> Waits(TimeSpan budget, double random)
    {
        var tests = new RetryPolicyTests();
        try
        {
            tests.RunAsync(budget, _ => throw Transient, random).GetAwaiter().GetResult();
        }
        catch (RenewalException)
        {
            // The end of the budget.
        }

        return tests.clock.Waits;
    }

    private Task<string> RunAsync(TimeSpan budget, Func<int, string> action, double random = 0.5, CancellationToken token = default) =>
        new RetryPolicy(budget, clock, () => random).RunAsync(
            _ =>
            {
                attempts.Add(clock.GetUtcNow() - Start);
                return Task.FromResult(action(attempts.Count));
            },
            (_, wait) => announced.Add(wait),
            token);
}
