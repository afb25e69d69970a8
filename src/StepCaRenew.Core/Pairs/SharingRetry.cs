using StepCaRenew.Files;

namespace StepCaRenew.Pairs;

/// <summary>
/// Tries again for a bounded time where Windows won't replace a file because a reader has it open; anything else that
/// fails is an error at once.
/// </summary>
/// <param name="clock">The clock.</param>
internal sealed class SharingRetry(TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

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
            catch (IOException e) when (WriteErrors.IsSharingViolation(e))
            {
                if (clock.GetElapsedTime(start) >= Patience)
                    throw new RenewalException(
                        ErrorId.FileInUse, $"'{target}' can't be replaced: another process has it open. The old pair stands as it was.",
                        "Find the process (Resource Monitor, or handle.exe of Sysinternals) and let it open the file with FileShare.Delete, or close it after reading.", e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw WriteErrors.Map(e, target);
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
}
