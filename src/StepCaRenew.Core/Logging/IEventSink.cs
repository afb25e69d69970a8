namespace StepCaRenew.Logging;

/// <summary>Shows the events of a call. Called from any thread.</summary>
internal interface IEventSink
{
    /// <summary>Whether events of a level are shown; the others are not even formatted.</summary>
    /// <param name="level">The level.</param>
    bool Shows(EventLevel level);

    /// <summary>Shows an event.</summary>
    /// <param name="level">Its level.</param>
    /// <param name="message">The event as text.</param>
    void Show(EventLevel level, string message);
}
