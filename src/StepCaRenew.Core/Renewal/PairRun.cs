using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;

namespace StepCaRenew.Renewal;

/// <summary>One attempt at one pair: its steps in their order, and the resources that it holds until its end.</summary>
/// <typeparam name="TResult">The result of the run.</typeparam>
internal abstract class PairRun<TResult> : IDisposable
{
    private const int MaximumAttempts = 3;

    private readonly Stack<IDisposable?> resources = new();
    private TResult? result;

    /// <summary>The outcome of a step: the next one, the end of the run, or the next attempt.</summary>
    protected enum Outcome { Continue, Finished, StartOver }

    /// <summary>The steps. Each relies on what the steps before it have set.</summary>
    protected abstract IReadOnlyList<Func<CancellationToken, Task<Outcome>>> Steps { get; }

    /// <summary>Whether nothing was committed, and another process has changed the pair: then an error may concern files that are not in place any more.</summary>
    protected abstract bool IsOutdated { get; }

    /// <summary>Runs the steps, again from the start whenever another process has changed the pair.</summary>
    /// <param name="start">Makes an attempt.</param>
    /// <param name="certificatePath">The certificate, for messages.</param>
    /// <param name="failure">The failure if the pair was changed in every attempt, such as "was not renewed".</param>
    /// <param name="logger">The logger.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="RenewalException">A step failed, or the pair was changed in every attempt (<see cref="ErrorId.ChangedDuringRenewal"/>).</exception>
    protected static async Task<TResult> RunAsync(
        Func<PairRun<TResult>> start, string certificatePath, string failure, ILogger logger, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaximumAttempts; attempt++)
        {
            using var run = start();
            if (await run.AttemptAsync(cancellationToken).ConfigureAwait(false) == Outcome.Finished)
                return run.result!;
            run.OnStartOver();
            RenewalLog.ChangedDuringRenewal(logger, certificatePath);
        }

        throw new RenewalException(
            ErrorId.ChangedDuringRenewal, $"'{certificatePath}' {failure}: another process changed it, its key or a link to them {MaximumAttempts} times during the renewal. The files of the other process stay.",
            "Find the other process that writes these files (another renewal, a deployment), and let only one of them do it.");
    }

    /// <summary>In reverse order: the record of follow-ups is withdrawn before the staged files are removed, and the lock is released after both.</summary>
    public void Dispose()
    {
        try
        {
            while (resources.TryPop(out var resource))
                resource?.Dispose();
        }
        finally
        {
            // A resource that fails must not keep the lock of the pair from being released.
            if (resources.Count > 0)
                Dispose();
        }
    }

    /// <summary>Called before the next attempt.</summary>
    protected virtual void OnStartOver()
    {
    }

    /// <summary>Disposes a resource at the end of the attempt.</summary>
    protected T Keep<T>(T resource)
        where T : IDisposable?
    {
        resources.Push(resource);
        return resource;
    }

    /// <summary>Ends the run.</summary>
    protected Outcome Finish(TResult finished)
    {
        result = finished;
        return Outcome.Finished;
    }

    private async Task<Outcome> AttemptAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (steps, outcome) = (Steps, Outcome.Continue);
            for (var step = 0; outcome == Outcome.Continue; step++)
                outcome = await steps[step](cancellationToken).ConfigureAwait(false);
            return outcome;
        }
        catch (RenewalException) when (IsOutdated)
        {
            return Outcome.StartOver;
        }
    }
}
