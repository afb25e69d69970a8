namespace StepCaRenew.Integration.Wine;

/// <summary>The result of the program under Wine.</summary>
/// <param name="Obstacle">Why it could not be run.</param>
/// <param name="Output">A line for each check: its name, a tab, its outcome.</param>
/// <param name="Trace">What Wine's Task Scheduler was called with.</param>
internal sealed record WineResult(string? Obstacle, string Output, string Trace)
{
    public string this[string check] => Output.Split('\n').Select(line => line.Split('\t', 2)).FirstOrDefault(line => line[0] == check)?[^1]
        ?? throw new InvalidOperationException($"'{check}' was not reached:\n{Output}\n{Trace[Math.Max(0, Trace.Length - 2000)..]}");
}
