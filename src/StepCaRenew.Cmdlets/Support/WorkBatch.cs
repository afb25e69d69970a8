using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// Work of one call, several pieces at once and no more than a limit. What came of each is taken in on the pipeline
/// thread, in the order of completion or in that of the start. All members but the work itself belong to that thread.
/// </summary>
/// <param name="pump">Serves the work.</param>
/// <param name="limit">How many pieces run at once.</param>
/// <param name="isOrdered">Whether what came of the pieces is taken in in the order of their start.</param>
internal sealed class WorkBatch(PipelinePump pump, int limit, bool isOrdered = false) : IDisposable
{
    // So many outcomes may wait for a slow one before them; then nothing is begun until it has ended.
    private const int MostWaiting = 256;

    private readonly CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(pump.Stopping);
    private readonly HashSet<Task> running = [];
    private readonly Queue<Place> places = new();

    /// <summary>Whether nothing is begun any more.</summary>
    public bool IsEnding => ending.IsCancellationRequested;

    /// <summary>Starts a piece as soon as there is room for it.</summary>
    /// <param name="work">Runs on the thread pool.</param>
    /// <param name="onDone">Takes in what came of it; not called where it was cancelled.</param>
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
            place.TakeIn = () =>
            {
                if (!task.IsCanceled)
                    onDone(task.GetAwaiter().GetResult());
            };
            TakeIn(place);
        });
    }

    /// <summary>Waits until all that was started has ended.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    public void Drain() => Serve(() => running.Count > 0);

    /// <summary>Begins nothing any more, and ends what runs: at once, or when its files are whole.</summary>
    public void End() => ending.Cancel();

    /// <summary>Ends what runs and waits for it: an upstream command may have ended the call without a word.</summary>
    public void Dispose()
    {
        pump.Stop();
        WaitForAll();
        ending.Dispose();
    }

    private void TakeIn(Place place)
    {
        if (!isOrdered)
        {
            place.TakeIn!();
            return;
        }

        // It leaves its place first: taking it in may throw, and must not happen twice.
        while (places.TryPeek(out var first) && first.TakeIn is not null)
            places.Dequeue().TakeIn!();
    }

    private void Serve(Func<bool> condition)
    {
        try
        {
            // What came of earlier pieces is not kept waiting by those that come through the pipeline.
            pump.ServeReady();
            pump.ServeWhile(condition);
        }
        catch
        {
            // -ErrorAction Stop, or a downstream cmdlet that has enough: end the work, and wait until its files are whole.
            pump.Stop();
            WaitForAll();
            throw;
        }

        if (!pump.Stopping.IsCancellationRequested)
            return;
        // What was finished all the same is taken in first.
        pump.ServeWhile(() => running.Count > 0);
        throw new PipelineStoppedException();
    }

    private void WaitForAll()
    {
        foreach (var task in running)
            PipelinePump.Wait(task);
    }

    // A piece in the order of the start; what takes in its outcome is there as soon as it has ended.
    private sealed class Place
    {
        public Action? TakeIn { get; set; }
    }
}
