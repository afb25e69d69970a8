namespace StepCaRenew.Logging;

/// <summary>
/// The name with which warnings and debug events begin while a call works on several certificates; the events themselves
/// often do not name theirs. Each asynchronous flow has its own.
/// </summary>
internal static class EventSubject
{
    private static readonly AsyncLocal<string?> Current = new();

    /// <summary>The name; null if there is a single certificate.</summary>
    public static string? Name
    {
        get => Current.Value;
        set => Current.Value = value;
    }

    /// <summary>A message that begins with a name.</summary>
    /// <param name="name">The name; null for none.</param>
    /// <param name="message">The message.</param>
    public static string Begin(string? name, string message) => name is null ? message : $"{name}: {message}";
}
