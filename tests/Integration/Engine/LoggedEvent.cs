using Microsoft.Extensions.Logging;

namespace StepCaRenew.Integration.Engine;

/// <summary>One event as a log would hold it: the text, and the values by name.</summary>
internal sealed record LoggedEvent(int Id, LogLevel Level, string Message, string Values, Exception? Exception);
