using System.Diagnostics;
using System.Runtime.InteropServices;
using StepCaRenew.Integration.Engine;

namespace StepCaRenew.Integration.Attacks;

/// <summary>
/// A local user without privileges who works next to root's renewals: on a thread whose identity for files is that of the
/// user (setfsuid(2)), as fast as it can.
/// </summary>
internal sealed partial class Attacker : IDisposable
{
    private const int CurrentFolder = -100;
    private const uint ExchangeFlag = 2;
    private const int NoEntry = 2;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(60);

    private readonly Thread thread;
    private volatile bool isOver;
    private long steps;
    private Exception? failure;

    private Attacker(Action step) => thread = new Thread(() =>
    {
        try
        {
            Unprivileged.Run(() =>
            {
                while (!isOver)
                {
                    step();
                    Interlocked.Increment(ref steps);
                }

                return Task.FromResult(true);
            });
        }
        catch (Exception e)
        {
            failure = e;
        }
    });

    /// <summary>How often the attack was tried.</summary>
    public long Steps => Interlocked.Read(ref steps);

    /// <summary>Does something again and again, until this object is disposed.</summary>
    public static Attacker Repeat(Action step)
    {
        var attacker = new Attacker(step);
        attacker.thread.Start();
        return attacker;
    }

    /// <summary>Exchanges two names in a folder again and again, with pauses of random length.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="one">A name.</param>
    /// <param name="other">The other name.</param>
    /// <param name="seed">Where the random pauses begin.</param>
    /// <param name="between">Done before each exchange.</param>
    public static Attacker Exchange(string folder, string one, string other, int seed, Action? between = null)
    {
        var random = new Random(seed);
        return Repeat(() =>
        {
            between?.Invoke();
            TryExchange(folder, one, other);
            // From no time to longer than a whole renewal: every moment of it is hit.
            for (var end = Stopwatch.GetTimestamp() + (long)(random.NextDouble() * random.NextDouble() * LongestPause.TotalSeconds * Stopwatch.Frequency); Stopwatch.GetTimestamp() < end;)
                between?.Invoke();
        });
    }

    /// <summary>Exchanges two names in a folder; false if one of them does not exist.</summary>
    public static bool TryExchange(string folder, string one, string other)
    {
        var isDone = Rename(CurrentFolder, Path.Combine(folder, one), CurrentFolder, Path.Combine(folder, other), ExchangeFlag) == 0;
        Assert.True(isDone || Marshal.GetLastPInvokeError() == NoEntry);
        return isDone;
    }

    public void Dispose()
    {
        isOver = true;
        thread.Join();
        Assert.True(failure is null, failure?.ToString());
    }

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int oneFolder, string one, int otherFolder, string other, uint flags);
}
