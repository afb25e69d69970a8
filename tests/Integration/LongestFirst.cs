using StepCaRenew.Integration.Crash;
using StepCaRenew.Integration.Load;
using StepCaRenew.Integration.Scheduling;
using StepCaRenew.Integration.Wine;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(StepCaRenew.Integration.LongestFirst))]

namespace StepCaRenew.Integration;

/// <summary>Starts the classes first that take longest: the others run meanwhile, and nothing waits for one of them at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // A cron looks once a minute, a load lasts a minute, Wine starts.
    private static readonly string[] Long = [.. new[] { typeof(CronDaemonTests), typeof(LoadTests), typeof(TaskSchedulerTests), typeof(KillPointTests) }.Select(type => type.FullName!)];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Rank(collection.TestCollectionDisplayName))];

    private static int Rank(string name)
    {
        var found = Array.FindIndex(Long, one => name.Contains(one, StringComparison.Ordinal));
        return found < 0 ? Long.Length : found;
    }
}
