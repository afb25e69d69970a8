namespace StepCaRenew.Logging;

/// <summary>How much an event matters to whoever watches a call. Failures are told as such, and not as events.</summary>
internal enum EventLevel
{
    /// <summary>Every step, for those who want to see them.</summary>
    Debug,

    /// <summary>What was done.</summary>
    Information,

    /// <summary>What should be looked at.</summary>
    Warning,
}
