using System.Runtime.ExceptionServices;

namespace StepCaRenew.Fixtures;

/// <summary>Runs code on its own thread and rethrows its exception.</summary>
internal static class OwnThread
{
    /// <param name="action">The code.</param>
    /// <param name="limit">How long it may take; a thread that hangs is left behind and ends with the process.</param>
    public static void Run(Action action, TimeSpan? limit = null)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(limit ?? TimeSpan.FromSeconds(30)), "It did not come back in time.");
        failure?.Throw();
    }
}
