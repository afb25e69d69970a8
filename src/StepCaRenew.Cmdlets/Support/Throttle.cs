namespace StepCaRenew.Cmdlets.Support;

/// <summary>Limits for the number of certificates in work at once.</summary>
internal static class Throttle
{
    /// <summary>The maximum: more would not make a CA faster, and its other clients would wait longer.</summary>
    public const int Most = 16;

    /// <summary>The default: while one certificate waits for the disk or the CA, another can use the processor.</summary>
    public static int Usual { get; } = Math.Min(2 * Environment.ProcessorCount, Most);
}
