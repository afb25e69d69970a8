namespace StepCaRenew.FileSystem;

/// <summary>
/// Tries again for a bounded time if Windows refuses to replace a file because another process has it open; anything else
/// that fails is an error at once.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="refusals">What can pass by itself; by default what this platform says.</param>
internal sealed class SharingRetry(TimeProvider clock, Refusals? refusals = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Refusals refusals = refusals ?? Refusals.ForThisPlatform;

    /// <summary>Runs a file-system call.</summary>
    /// <exception cref="RenewalException">It failed (<see cref="ErrorId.FileInUse"/> for an open file), and changed nothing.</exception>
    public async Task<T> RunAsync<T>(Func<T> call, string target)
    {
        for (var start = clock.GetTimestamp(); ;)
        {
            try
            {
                return call();
            }
            catch (Exception e) when (MayPass(e, start))
            {
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw refusals.Explain(e, target);
            }

            // The replacement has begun: it is finished, cancelled or not.
            await Task.Delay(Pause, clock, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a file-system call without a result.</summary>
    /// <exception cref="RenewalException">It failed, and changed nothing.</exception>
    public Task RunAsync(Action call, string target) => RunAsync(
        () =>
        {
            call();
            return true;
        },
        target);

    /// <summary>Runs a call for a small file of our own, on this thread; what it throws last is thrown as it is.</summary>
    public void Run(Action call)
    {
        for (var start = clock.GetTimestamp(); ;)
        {
            try
            {
                call();
                return;
            }
            catch (Exception e) when (MayPass(e, start))
            {
            }

            Task.Delay(Pause, clock, CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    private bool MayPass(Exception error, long start) => refusals.MayPass(error) && clock.GetElapsedTime(start) < Patience;
}
