using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;
using StepCaRenew.Policy;
using StepCaRenew.Servers;

namespace StepCaRenew.FollowUps;

/// <summary>
/// The last follow-up: the servers of a pair must serve its new certificate. It finds services that were not reloaded, or whose
/// reload had no effect.
/// </summary>
internal sealed class ServerCheck(TimeProvider clock, ILogger log)
{
    /// <summary>How long a server has by default.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(1);

    private const int MaximumConnections = 16;

    // For a moment after a reload, old and new processes of a server accept connections side by side.
    private const int AnswersInARow = 3;

    private static readonly TimeSpan BetweenAnswers = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly ServerClient client = new(clock);

    /// <summary>Waits until all servers of the pairs serve the certificates, or the time is over. All of them are asked at once.</summary>
    /// <param name="renewals">The pairs, each with the result of its run.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One error for each server that does not serve the certificate of its pair.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<RenewalException>> RunAsync(IReadOnlyList<(PairFollowUps FollowUps, RenewalResult Result)> renewals, CancellationToken cancellationToken)
    {
        using var connections = new SemaphoreSlim(MaximumConnections);
        var checks = renewals.SelectMany(renewal => renewal.FollowUps.OpenServers.Select(server => (renewal.FollowUps, renewal.Result, Wait: WaitAsync(renewal.FollowUps, server, connections, cancellationToken)))).ToList();
        await Task.WhenAll(checks.Select(check => check.Wait)).ConfigureAwait(false);
        var errors = new List<RenewalException>();
        foreach (var (followUps, result, wait) in checks)
        {
            if (await wait.ConfigureAwait(false) is not { } failure)
                continue;
            followUps.Failed(failure);
            errors.Add(new RenewalException(ErrorId.NotServed, $"{result.Name} was renewed, but its {failure.Message}", failure.Remedy, failure));
            ActionLog.NotServed(log, errors[^1].ErrorId, errors[^1].Message);
        }

        return errors;
    }

    // Null once the server serves the certificate. The message of the failure begins with the server.
    private async Task<RenewalException?> WaitAsync(PairFollowUps pair, ServerAddress server, SemaphoreSlim connections, CancellationToken cancellationToken)
    {
        var (start, patience) = (clock.GetTimestamp(), pair.ServedTimeout < Duration.LongestTimeout ? pair.ServedTimeout : Duration.LongestTimeout);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var failure = await TrySeveralAsync(pair, server, () => patience - clock.GetElapsedTime(start), connections, cancellationToken).ConfigureAwait(false);
            if (failure is null)
            {
                pair.Serves(server);
                ActionLog.Serves(log, server.Authority, pair.Subject.SerialNumber, clock.GetElapsedTime(start).TotalSeconds);
                return null;
            }

            if (clock.GetElapsedTime(start) + pause >= patience)
                return failure;
            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<RenewalException?> TrySeveralAsync(PairFollowUps pair, ServerAddress server, Func<TimeSpan> left, SemaphoreSlim connections, CancellationToken cancellationToken)
    {
        for (var answer = 1; ; answer++)
        {
            var timeout = left();
            timeout = timeout > ServerClient.DefaultTimeout ? ServerClient.DefaultTimeout : timeout < BetweenAnswers ? BetweenAnswers : timeout;
            var failure = await TryAsync(pair, server, timeout, connections, cancellationToken).ConfigureAwait(false);
            if (failure is not null || answer == AnswersInARow)
                return failure;
            await Task.Delay(BetweenAnswers, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<RenewalException?> TryAsync(PairFollowUps pair, ServerAddress server, TimeSpan timeout, SemaphoreSlim connections, CancellationToken cancellationToken)
    {
        await connections.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var served = await client.FetchAsync(server, pair.NameFor(server), timeout, cancellationToken).ConfigureAwait(false);
            return served.Leaf.Thumbprint == pair.Subject.Thumbprint ? null : OtherCertificate(pair, server, served.Leaf.SerialNumber);
        }
        catch (RenewalException e)
        {
            return new RenewalException(
                ErrorId.NotServed, $"server {server.Authority} could not be asked for its certificate: {e.Message}", $"{e.Remedy} The next run asks the server again, without renewing again.", e);
        }
        finally
        {
            connections.Release();
        }
    }

    private static RenewalException OtherCertificate(PairFollowUps pair, ServerAddress server, string served)
    {
        var what = served == pair.Subject.OldSerialNumber ? "still serves the old certificate" : "serves another certificate";
        return new RenewalException(
            ErrorId.NotServed, $"server {server.Authority} {what} (serial number {served} instead of {pair.Subject.SerialNumber}).",
            $"Check that the service on {server.Authority} reads '{pair.Subject.CertificatePath}', and reload it by hand; its log says why a reload had no effect. The next run asks the server again; it neither renews nor repeats the actions that are done.");
    }
}
