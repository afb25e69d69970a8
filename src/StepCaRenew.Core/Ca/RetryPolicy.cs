using Polly;
using Polly.Retry;

namespace StepCaRenew.Ca;

/// <summary>Retries transient failures with exponential backoff and jitter, or after the time that the CA asks for, within a time budget.</summary>
/// <param name="budget">How long after the start of the first attempt another one may begin.</param>
/// <param name="clock">The clock.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter.</param>
internal sealed class RetryPolicy(TimeSpan budget, TimeProvider clock, Func<double> random)
{
    private const double FirstDelaySeconds = 0.5;
    private const double LongestDelaySeconds = 15;

    /// <summary>Runs an action until it succeeds, fails permanently, or the budget is used up; then throws the last error.</summary>
    /// <param name="action">The action.</param>
    /// <param name="onRetry">Receives each failure that is retried, and the wait before the retry.</param>
    /// <param name="cancellationToken">Cancels the waits, and is passed to the action.</param>
    public async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> action, Action<RenewalException, TimeSpan> onRetry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = clock.GetTimestamp();
        try
        {
            // Most calls end here, without Polly: loading it takes as long as asking the CA.
            return await action(cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e) when (e.IsTransient && budget - clock.GetElapsedTime(start) > (e.RetryAfter ?? TimeSpan.Zero))
        {
            RenewalException? first = e;
            return await RunAsync(
                token => Interlocked.Exchange(ref first, null) is { } failure ? Task.FromException<T>(failure) : action(token), start, onRetry, cancellationToken).ConfigureAwait(false);
        }
    }

    // The first call of the action only repeats the failure of the first attempt.
    private async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action, long start, Action<RenewalException, TimeSpan> onRetry, CancellationToken cancellationToken)
    {
        TimeSpan Left() => budget - clock.GetElapsedTime(start);

        // A timer may end a fraction of a millisecond early; there must be only one attempt at the end of the budget.
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

    // Half of the delay is random, so that machines that failed together do not retry together.
    private TimeSpan Backoff(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(FirstDelaySeconds * Math.Pow(2, Math.Min(attempt, 10)), LongestDelaySeconds) * (0.5 + random() / 2));

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
