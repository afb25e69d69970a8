using System.Collections.Concurrent;
using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// Lets work on other threads use the pipeline. Only the pipeline thread can write, ask or run script blocks, so it serves
/// a queue of actions while the work runs.
/// </summary>
internal sealed class PipelinePump : IDisposable
{
    // With a monitor: a BlockingCollection yields the processor dozens of times before it waits, for each certificate of a call.
    private readonly Queue<Action> actions = new();
    private readonly ConcurrentQueue<Action> late = new();
    private readonly CancellationTokenSource stop = new();

    /// <summary>Cancelled by Ctrl+C, and when the pipeline ends early.</summary>
    public CancellationToken Stopping => stop.Token;

    /// <summary>Cancels the work; from any thread.</summary>
    public void Stop() => stop.Cancel();

    /// <summary>Queues an action for the pipeline thread; from any thread. After the end of the work it is dropped.</summary>
    public void Post(Action action)
    {
        // If the pipeline is stopping, the queue is not served any more.
        if (!Stopping.IsCancellationRequested)
            Add(action);
    }

    /// <summary>Queues an action that can end the call; it runs after the outcome was written. From any thread.</summary>
    public void PostLate(Action action) => late.Enqueue(action);

    /// <summary>Runs the late actions; on the pipeline thread.</summary>
    public void RunLate()
    {
        while (late.TryDequeue(out var action))
            action();
    }

    /// <summary>Runs a question on the pipeline thread and waits for its answer; from any thread.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Withdraws the question if it was not asked yet.</param>
    public async Task<T> AskAsync<T>(Func<T> question, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stopped = Stopping.Register(() => answer.TrySetCanceled(Stopping));
        using var withdrawn = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
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
                // Ctrl+C comes as an exception of the pipeline; the exception must be passed on, and the work must end too.
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
            // -ErrorAction Stop, or a downstream cmdlet that stops the pipeline: cancel the work, and wait until its files are complete.
            Stop();
            Wait(running);
            throw;
        }

        if (running.IsCanceled)
            throw new PipelineStoppedException();
        // It has ended; this throws its exception, if any.
        return running.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Func<CancellationToken, Task> work) => Run(async stopping =>
    {
        await work(stopping).ConfigureAwait(false);
        return true;
    });

    /// <summary>Queues an action for the end of a task, after all actions that the task queued; it is never dropped.</summary>
    public void WhenEnded(Task task, Action action) => _ = task.ContinueWith(
        _ => Add(action), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Serves the queue while a condition holds; only a queued action can change the condition.</summary>
    /// <exception cref="RuntimeException">An action ended the pipeline.</exception>
    public void ServeWhile(Func<bool> condition)
    {
        while (condition())
            Take()();
    }

    /// <summary>Serves what is in the queue now, without waiting.</summary>
    /// <exception cref="RuntimeException">An action ended the pipeline.</exception>
    public void ServeReady()
    {
        while (TryTake() is { } action)
            action();
    }

    /// <summary>Waits for the end of a task, however it ends.</summary>
    public static void Wait(Task task) => ((IAsyncResult)task).AsyncWaitHandle.WaitOne();

    public void Dispose() => stop.Dispose();

    private void Add(Action action)
    {
        lock (actions)
        {
            actions.Enqueue(action);
            Monitor.Pulse(actions);
        }
    }

    private Action Take()
    {
        lock (actions)
        {
            Action? action;
            while (!actions.TryDequeue(out action))
                Monitor.Wait(actions);
            return action;
        }
    }

    private Action? TryTake()
    {
        lock (actions)
            return actions.TryDequeue(out var action) ? action : null;
    }
}
