namespace StepCaRenew.Ca;

/// <summary>Retries transient errors within a budget: after a growing delay with jitter, or after the delay that the CA asks for.</summary>
/// <param name="budget">The time after the first attempt within which another one can begin.</param>
/// <param name="clock">The clock.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter.</param>
internal sealed class RetryPolicy(TimeSpan budget, TimeProvider clock, Func<double> random)
{
    private const double FirstDelaySeconds = 0.5;
    private const double LongestDelaySeconds = 15;

    /// <summary>Runs an action until it succeeds, fails with another error, or the budget is used up.</summary>
    /// <param name="action">The action.</param>
    /// <param name="onRetry">Called before each delay, with the error and the delay.</param>
    /// <param name="cancellationToken">Ends the delays; the action gets it too.</param>
    /// <exception cref="RenewalException">The error of the last attempt.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action, Action<RenewalException, TimeSpan> onRetry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = clock.GetTimestamp();
        var isLast = false;
        for (var failures = 0; ; failures++)
        {
            TimeSpan delay;
            try
            {
                return await action(cancellationToken).ConfigureAwait(false);
            }
            catch (RenewalException e) when (e.IsTransient && !isLast && budget - clock.GetElapsedTime(start) is var left && left > (e.RetryAfter ?? TimeSpan.Zero))
            {
                var backoff = Backoff(failures);
                // The last attempt begins at the end of the budget. A timer can end a little early, so the time alone does not tell that it was the last.
                isLast = e.RetryAfter is null && backoff >= left;
                delay = e.RetryAfter ?? (isLast ? left : backoff);
                onRetry(e, delay);
            }

            await Task.Delay(delay, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    // Half of the delay is random, so that machines that failed together do not retry together.
    private TimeSpan Backoff(int failures) =>
        TimeSpan.FromSeconds(Math.Min(FirstDelaySeconds * Math.Pow(2, Math.Min(failures, 10)), LongestDelaySeconds) * (0.5 + random() / 2));
}
