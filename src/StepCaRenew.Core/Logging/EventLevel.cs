namespace StepCaRenew.Logging;

/// <summary>How important an event is to the user who started the call. Failures are shown as errors instead.</summary>
internal enum EventLevel
{
    /// <summary>A single step.</summary>
    Debug,

    /// <summary>A result.</summary>
    Information,

    /// <summary>Something that the user should check.</summary>
    Warning,
}
