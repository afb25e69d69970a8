namespace StepCaRenew.Logging;

/// <summary>
/// The name that warnings and debug events begin with while several certificates are worked on: most events name their
/// certificate by its path or not at all. It belongs to the asynchronous flow that sets it.
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
