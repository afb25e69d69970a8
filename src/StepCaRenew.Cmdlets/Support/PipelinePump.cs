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
    public async Task<T> AskAsync<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancellation = Stopping.Register(() => answer.TrySetCanceled(Stopping));
        Post(() =>
        {
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
        var running = Task.Run(() => work(Stopping));
        // Not disposed: the work may end, and say so, after an early end of the pipeline.
        var end = new CancellationTokenSource();
        _ = running.ContinueWith(_ => end.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            Serve(end.Token);
        }
        catch
        {
            // -ErrorAction Stop, or a downstream cmdlet that has enough: end the work, and wait until its files are whole.
            Stop();
            Wait(running);
            throw;
        }

        Wait(running);
        if (running.IsCanceled)
            throw new PipelineStoppedException();
        // It has ended; this throws what it threw.
        return running.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        stop.Dispose();
        actions.Dispose();
    }

    private void Serve(CancellationToken end)
    {
        try
        {
            foreach (var action in actions.GetConsumingEnumerable(end))
                action();
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            while (actions.TryTake(out var action))
                action();
        }
    }

    private static void Wait(Task task) => ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
}
