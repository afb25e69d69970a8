using Polly;
using Polly.Retry;

namespace StepCaRenew.StepCa;

/// <summary>Tries again what may pass: exponential backoff with jitter, or as long as the CA asks, within a budget.</summary>
/// <param name="budget">How long after the first attempt another one may begin.</param>
/// <param name="clock">The clock.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter.</param>
internal sealed class RetryPolicy(TimeSpan budget, TimeProvider clock, Func<double> random)
{
    private const double FirstDelaySeconds = 0.5;
    private const double LongestDelaySeconds = 15;

    /// <summary>Runs an action until it succeeds, fails for good, or the budget is used up; then its last error stands.</summary>
    /// <param name="action">What to do.</param>
    /// <param name="onRetry">Told of each failure that will be tried again, and of the wait before it.</param>
    /// <param name="cancellationToken">Ends the waits and is handed to the action.</param>
    public async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> action, Action<RenewalException, TimeSpan> onRetry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = clock.GetTimestamp();
        try
        {
            // Most calls end here, and do without Polly: to load it takes as long as to ask the CA.
            return await action(cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e) when (e.IsTransient && budget - clock.GetElapsedTime(start) > (e.RetryAfter ?? TimeSpan.Zero))
        {
            RenewalException? first = e;
            return await RunAsync(
                token => Interlocked.Exchange(ref first, null) is { } failure ? Task.FromException<T>(failure) : action(token), start, onRetry, cancellationToken).ConfigureAwait(false);
        }
    }

    // Begins with the failure of the first attempt, as if it had made that itself.
    private async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action, long start, Action<RenewalException, TimeSpan> onRetry, CancellationToken cancellationToken)
    {
        TimeSpan Left() => budget - clock.GetElapsedTime(start);

        // A timer may end a part of a millisecond early: the attempt at the end of the budget must not get a twin.
        var isLast = false;
        TimeSpan Wait(int attempt)
        {
            var (backoff, left) = (Backoff(attempt), Left());
            isLast = backoff >= left;
            return isLast ? Longer(left, TimeSpan.Zero) : backoff;
        }

        var pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue,
            ShouldHandle = args => ValueTask.FromResult(
                args.Outcome.Exception is RenewalException { IsTransient: true } e && !isLast && Left() > (e.RetryAfter ?? TimeSpan.Zero)),
            DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(
                ((RenewalException)args.Outcome.Exception!).RetryAfter ?? Wait(args.AttemptNumber)),
            OnRetry = args =>
            {
                onRetry((RenewalException)args.Outcome.Exception!, args.RetryDelay);
                return ValueTask.CompletedTask;
            },
        }).Build();
        return await pipeline.ExecuteAsync(async token => await action(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    // Half of the delay is fixed, half is random, so that a fleet that failed together does not come back together.
    private TimeSpan Backoff(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(FirstDelaySeconds * Math.Pow(2, Math.Min(attempt, 10)), LongestDelaySeconds) * (0.5 + random() / 2));

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
