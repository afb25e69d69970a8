using System.Collections.Concurrent;
using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// Lets work on other threads use the pipeline: only the pipeline's own thread may write, ask or run script blocks,
/// so it empties a queue of actions while the work goes on.
/// </summary>
internal sealed class PipelinePump : IDisposable
{
    private readonly BlockingCollection<Action> actions = [];
    private readonly ConcurrentQueue<Action> late = new();
    private readonly CancellationTokenSource stop = new();

    /// <summary>Cancelled by Ctrl+C, and when the pipeline ends early.</summary>
    public CancellationToken Stopping => stop.Token;

    /// <summary>Ends the work soon; from any thread.</summary>
    public void Stop() => stop.Cancel();

    /// <summary>Hands an action to the pipeline thread; from any thread. What comes after the work has ended is dropped.</summary>
    public void Post(Action action)
    {
        try
        {
            actions.Add(action, Stopping);
        }
        catch (OperationCanceledException)
        {
            // Nobody reads any more: the pipeline is stopping.
        }
    }

    /// <summary>Keeps an action that may end the call until the outcome was told; from any thread.</summary>
    public void PostLate(Action action) => late.Enqueue(action);

    /// <summary>Runs what was kept; on the pipeline thread.</summary>
    public void RunLate()
    {
        while (late.TryDequeue(out var action))
            action();
    }

    /// <summary>Runs a question on the pipeline thread and waits for its answer; from any thread.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Takes it back, if it was not asked yet.</param>
    public async Task<T> AskAsync<T>(Func<T> question, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stopped = Stopping.Register(() => answer.TrySetCanceled(Stopping));
        using var takenBack = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
        Post(() =>
        {
            if (answer.Task.IsCompleted)
                return;
            try
            {
                answer.TrySetResult(question());
            }
            catch (Exception e)
            {
                // The pipeline has its own exceptions for Ctrl+C; they must go on, and the work must end.
                answer.TrySetException(e);
                throw;
            }
        });
        return await answer.Task.ConfigureAwait(false);
    }

    /// <summary>Starts work on the thread pool and serves it until it ends; on the pipeline thread.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    public T Run<T>(Func<CancellationToken, Task<T>> work)
    {
        var (running, hasEnded) = (Task.Run(() => work(Stopping)), false);
        WhenEnded(running, () => hasEnded = true);
        try
        {
            ServeWhile(() => !hasEnded);
        }
        catch
        {
            // -ErrorAction Stop, or a downstream cmdlet that has enough: end the work, and wait until its files are whole.
            Stop();
            Wait(running);
            throw;
        }

        if (running.IsCanceled)
            throw new PipelineStoppedException();
        // It has ended; this throws what it threw.
        return running.GetAwaiter().GetResult();
    }

    /// <summary>Has an action run on the pipeline thread when a task has ended, after all that the task posted; never dropped.</summary>
    public void WhenEnded(Task task, Action action) => _ = task.ContinueWith(
        _ => actions.Add(action), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Runs what is posted as long as a condition holds; what changes the condition must be posted as well.</summary>
    /// <exception cref="RuntimeException">Whatever an action throws: the pipeline has ended.</exception>
    public void ServeWhile(Func<bool> condition)
    {
        while (condition())
            actions.Take()();
    }

    /// <summary>Runs what is posted by now, and waits for nothing.</summary>
    /// <exception cref="RuntimeException">Whatever an action throws: the pipeline has ended.</exception>
    public void ServeReady()
    {
        while (actions.TryTake(out var action))
            action();
    }

    /// <summary>Waits for the end of a task, however it ends.</summary>
    public static void Wait(Task task) => ((IAsyncResult)task).AsyncWaitHandle.WaitOne();

    public void Dispose()
    {
        stop.Dispose();
        actions.Dispose();
    }
}
