using System.Globalization;
using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>The progress bar of a call over many certificates: how many are done, how fast, and how long the rest will take.</summary>
/// <param name="activity">The text of the bar.</param>
/// <param name="clock">The clock.</param>
/// <param name="isOpenEnded">Whether more can come through the pipeline, so the total is unknown.</param>
/// <param name="post">Runs an action on the pipeline thread.</param>
/// <param name="show">Shows a record; on the pipeline thread.</param>
internal sealed class BatchProgress(string activity, TimeProvider clock, bool isOpenEnded, Action<Action> post, Action<ProgressRecord> show) : IDisposable
{
    // Showing it takes time, and nobody reads faster.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly long start = clock.GetTimestamp();
    private ITimer? timer;
    private TimeSpan shown;
    private bool hasEnded;
    private int expected;
    private int done;

    /// <summary>Counts files to come. The bar of several slow files is shown before the first one is done.</summary>
    public void Expect(int count)
    {
        expected += count;
        if (expected > 1 && !hasEnded)
            timer ??= clock.CreateTimer(_ => post(Show), null, Pause, Pause);
    }

    /// <summary>Counts a file that is done, and shows the bar if there are several.</summary>
    /// <param name="isCertificate">False if it turned out to be something else.</param>
    public void Done(bool isCertificate)
    {
        if (isCertificate)
            done++;
        else
            expected--;
        Show();
    }

    /// <summary>Removes the bar if it was shown.</summary>
    public void End()
    {
        hasEnded = true;
        Dispose();
        if (shown > TimeSpan.Zero)
            show(new ProgressRecord(0, activity, Status(clock.GetElapsedTime(start))) { RecordType = ProgressRecordType.Completed });
        shown = TimeSpan.Zero;
    }

    /// <inheritdoc/>
    public void Dispose() => timer?.Dispose();

    private void Show()
    {
        var elapsed = clock.GetElapsedTime(start);
        if (hasEnded || expected < 2 || elapsed - shown < Pause)
            return;
        shown = elapsed;
        show(Record(elapsed));
    }

    private ProgressRecord Record(TimeSpan elapsed) => isOpenEnded
        ? new ProgressRecord(0, activity, Status(elapsed))
        : new ProgressRecord(0, activity, Status(elapsed))
        {
            PercentComplete = (int)(100L * done / expected),
            SecondsRemaining = done == 0 ? -1 : (int)Math.Ceiling((expected - done) * elapsed.TotalSeconds / done),
        };

    private string Status(TimeSpan elapsed)
    {
        var count = isOpenEnded ? $"{done:N0}" : $"{done:N0} of {expected:N0}";
        return string.Create(CultureInfo.CurrentCulture, $"{count}, {done / Math.Max(elapsed.TotalSeconds, 0.001):N0} per second");
    }
}
