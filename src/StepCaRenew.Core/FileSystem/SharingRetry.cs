namespace StepCaRenew.FileSystem;

/// <summary>
/// Retries for some seconds if Windows does not replace a file because another process has it open. Any other failure is
/// an error at once.
/// </summary>
internal sealed class SharingRetry(TimeProvider clock, Refusals? refusals = null)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Refusals refusals = refusals ?? Refusals.ForThisPlatform;

    /// <summary>Runs a file-system call.</summary>
    /// <exception cref="RenewalException">It failed and changed nothing; <see cref="ErrorId.FileInUse"/> for an open file.</exception>
    public async Task<T> RunAsync<T>(Func<T> call, string target)
    {
        for (var start = clock.GetTimestamp(); ;)
        {
            try
            {
                return call();
            }
            catch (Exception e) when (IsWorthRetrying(e, start))
            {
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw refusals.Explain(e, target);
            }

            // A replacement that has begun is not cancelled.
            await Task.Delay(Pause, clock, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a file-system call without a result.</summary>
    /// <exception cref="RenewalException">It failed and changed nothing.</exception>
    public Task RunAsync(Action call, string target) => RunAsync(
        () =>
        {
            call();
            return true;
        },
        target);

    /// <summary>Runs a call on this thread; its last exception is thrown unchanged.</summary>
    public void Run(Action call)
    {
        for (var start = clock.GetTimestamp(); ;)
        {
            try
            {
                call();
                return;
            }
            catch (Exception e) when (IsWorthRetrying(e, start))
            {
            }

            Task.Delay(Pause, clock, CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    private bool IsWorthRetrying(Exception error, long start) => refusals.IsWorthRetrying(error) && clock.GetElapsedTime(start) < Limit;
}
