namespace StepCaRenew.Logging;

/// <summary>Shows the events of a call; from any thread.</summary>
internal interface IEventSink
{
    /// <summary>Whether anybody wants to see events of a level; those of the others are not even put into words.</summary>
    /// <param name="level">The level.</param>
    bool Shows(EventLevel level);

    /// <summary>Shows an event.</summary>
    /// <param name="level">Its level.</param>
    /// <param name="message">What happened.</param>
    void Show(EventLevel level, string message);
}
