namespace StepCaRenew.Cmdlets.Support;

/// <summary>How many certificates are worked on at once.</summary>
internal static class Throttle
{
    /// <summary>The most: a CA answers no faster for more, and whoever needs its answers waits longer.</summary>
    public const int Most = 16;

    /// <summary>Unless somebody says otherwise: while one waits for disk or CA, another computes.</summary>
    public static int Usual { get; } = Math.Min(2 * Environment.ProcessorCount, Most);
}
