using System.Collections.Concurrent;
using StepCaRenew.Benchmarks.Herd.Model;
using StepCaRenew.Ca;
using StepCaRenew.Registration;

namespace StepCaRenew.Benchmarks.Herd.Clients;

/// <summary>
/// When the tries of a run come while the CA is away: drawn beforehand from the module's RetryPolicy on a clock that
/// does not wait. A host draws one of many such runs, since a run of the policy for each of them would take minutes;
/// nothing changes by it, because the policy does not know when the CA will return.
/// </summary>
internal static class RetryOffsets
{
    private const int Runs = 4096;
    private const int Seed = 1;

    private static readonly ConcurrentDictionary<TimeSpan, Lazy<IReadOnlyList<TimeSpan[]>>> Drawn = new();

    /// <summary>Many runs, each with the times of its tries from the first one on, which is at zero.</summary>
    /// <param name="interval">The schedule's interval.</param>
    public static IReadOnlyList<TimeSpan[]> ForInterval(TimeSpan interval) =>
        Drawn.GetOrAdd(interval, static key => new Lazy<IReadOnlyList<TimeSpan[]>>(() => DrawAll(RegisteredRenewal.RetryTime(key)))).Value;

    private static TimeSpan[][] DrawAll(TimeSpan budget) => [.. Enumerable.Range(0, Runs).Select(run => Draw(budget, new HostRandom(Seed, run)))];

    private static TimeSpan[] Draw(TimeSpan budget, HostRandom random)
    {
        var clock = new ImpatientClock();
        var offsets = new List<TimeSpan>();
        Task<int> FailAsync(CancellationToken token)
        {
            offsets.Add(clock.Elapsed);
            throw new RenewalException(ErrorId.CaUnreachable, "The CA is away.", "Wait.") { IsTransient = true };
        }

        try
        {
            new RetryPolicy(budget, clock, random.NextDouble).RunAsync(FailAsync, (_, _) => { }, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (RenewalException)
        {
            // The end of the budget.
        }

        return [.. offsets];
    }
}
