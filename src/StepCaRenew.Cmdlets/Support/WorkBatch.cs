using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// The work of one call: several pieces at once, up to a limit. The outcomes are handled on the pipeline thread, in the order
/// of completion or of the start. All members except the work itself run on that thread.
/// </summary>
/// <param name="pump">Serves the work.</param>
/// <param name="limit">How many pieces run at once.</param>
/// <param name="isOrdered">Whether the outcomes are handled in the order of the start.</param>
internal sealed class WorkBatch(PipelinePump pump, int limit, bool isOrdered = false) : IDisposable
{
    // If so many outcomes wait for a slow piece before them, no more pieces are started until it has ended.
    private const int MostWaiting = 256;

    private readonly CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(pump.Stopping);
    private readonly HashSet<Task> running = [];
    private readonly Queue<Place> places = new();

    /// <summary>Whether no more pieces are started.</summary>
    public bool IsEnding => ending.IsCancellationRequested;

    /// <summary>Starts a piece as soon as the limit allows it.</summary>
    /// <param name="work">Runs on the thread pool.</param>
    /// <param name="onDone">Handles the outcome; not called if the piece was cancelled.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    public void Start<T>(Func<CancellationToken, Task<T>> work, Action<T> onDone)
    {
        Serve(() => running.Count >= limit || places.Count >= MostWaiting);
        if (IsEnding)
            return;
        var place = new Place();
        if (isOrdered)
            places.Enqueue(place);
        var task = Task.Run(() => work(ending.Token));
        running.Add(task);
        pump.WhenEnded(task, () =>
        {
            running.Remove(task);
            place.Handle = () =>
            {
                if (!task.IsCanceled)
                    onDone(task.GetAwaiter().GetResult());
            };
            HandleInOrder(place);
        });
    }

    /// <summary>Waits until all started pieces have ended.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    public void Drain() => Serve(() => running.Count > 0);

    /// <summary>Starts no more pieces and cancels the running ones; they end at once, or when their files are complete.</summary>
    public void End() => ending.Cancel();

    /// <summary>Cancels the running pieces and waits for them; an upstream command can end the call without calling anything else.</summary>
    public void Dispose()
    {
        pump.Stop();
        WaitForAll();
        ending.Dispose();
    }

    private void HandleInOrder(Place place)
    {
        if (!isOrdered)
        {
            place.Handle!();
            return;
        }

        // Removed first: the handler can throw, and must not run twice.
        while (places.TryPeek(out var first) && first.Handle is not null)
            places.Dequeue().Handle!();
    }

    private void Serve(Func<bool> condition)
    {
        try
        {
            // Outcomes of earlier pieces do not wait for the next input of the pipeline.
            pump.ServeReady();
            pump.ServeWhile(condition);
        }
        catch
        {
            // -ErrorAction Stop, or a downstream cmdlet that stops the pipeline: cancel the work, and wait until its files are complete.
            pump.Stop();
            WaitForAll();
            throw;
        }

        if (!pump.Stopping.IsCancellationRequested)
            return;
        // Pieces that ended in spite of it are handled first.
        pump.ServeWhile(() => running.Count > 0);
        throw new PipelineStoppedException();
    }

    private void WaitForAll()
    {
        foreach (var task in running)
            PipelinePump.Wait(task);
    }

    // A piece in the order of the start, with the handler of its outcome once it has ended.
    private sealed class Place
    {
        public Action? Handle { get; set; }
    }
}

/// <summary>Limits for the number of certificates in work at once.</summary>
internal static class Throttle
{
    /// <summary>The maximum: more would not make a CA faster, and its other clients would wait longer.</summary>
    public const int Most = 16;

    /// <summary>The default: while one certificate waits for the disk or the CA, another can use the processor.</summary>
    public static int Usual { get; } = Math.Min(2 * Environment.ProcessorCount, Most);
}
