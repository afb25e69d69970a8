using StepCaRenew.Logging;
using StepCaRenew.Policy;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>Runs one action within its time limit.</summary>
internal static class ActionAttempt
{
    /// <summary>Runs the action, and logs its start and its end.</summary>
    /// <param name="action">The action.</param>
    /// <param name="context">Its input.</param>
    /// <param name="certificates">How many certificates it is for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its failure, which names no certificate; null if it succeeded.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the action did not end.</exception>
    public static async Task<RenewalException?> TryAsync(ActionDefinition action, ActionContext context, int certificates, CancellationToken cancellationToken)
    {
        var (clock, log) = (context.Clock, context.Logger);
        var time = action.Timeout ?? context.Host.Timeout;
        var patience = time < Duration.LongestTimeout ? time : Duration.LongestTimeout;
        using var timeout = new CancellationTokenSource(patience, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        cancellationToken.ThrowIfCancellationRequested();
        ActionLog.Started(log, action.Description, certificates);
        var start = clock.GetTimestamp();
        try
        {
            await action.RunAsync(context, end.Token).ConfigureAwait(false);
            ActionLog.Done(log, action.Description, clock.GetElapsedTime(start).TotalSeconds);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            ActionLog.Stopped(log, action.Description);
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException || timeout.IsCancellationRequested)
        {
            return e switch
            {
                // After the renewal, an action that cannot run is a failed action.
                RenewalException { ErrorId: ErrorId.ActionInvalid } => ActionErrors.Failed(action, e.Message, e),
                RenewalException known => known,
                OperationCanceledException => ActionErrors.Failed(action, action.Overdue(patience), e),
                _ => ActionErrors.Failed(action, e.Message, e),
            };
        }
    }
}
