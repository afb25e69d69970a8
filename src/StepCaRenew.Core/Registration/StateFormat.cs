using System.Globalization;
using System.Text.Json;
using StepCaRenew.Text;

namespace StepCaRenew.Registration;

/// <summary>The state as bytes. What can't be read is no state: it costs history, and nothing else.</summary>
internal static class StateFormat
{
    // More than any message of ours.
    private const int LongestText = 4000;

    /// <summary>Writes a state.</summary>
    public static byte[] Render(RenewalState state)
    {
        return JsonText.Render(json =>
        {
            json.WriteStartObject();
            Write(json, "lastAttempt", state.LastAttempt);
            Write(json, "lastSuccess", state.LastSuccess);
            Write(json, "lastRenewal", state.LastRenewal);
            Write(json, "lastStatus", state.LastStatus);
            Write(json, "lastErrorId", state.LastErrorId);
            Write(json, "lastErrorMessage", state.LastErrorMessage);
            Write(json, "lastErrorTime", state.LastErrorTime);
            Write(json, "nextRenewal", state.NextRenewal);
            json.WriteBoolean("actionsPending", state.ActionsPending);
            Write(json, "clockDifferenceSeconds", state.ClockDifference);
            Write(json, "clockLimitSeconds", state.ClockLimit);
            Write(json, "actionsPendingSince", state.ActionsPendingSince);
            json.WriteEndObject();
        });
    }

    /// <summary>Reads a state; null where it is damaged.</summary>
    public static RenewalState? Parse(byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 4 });
            var root = json.RootElement;
            return new RenewalState
            {
                LastAttempt = Time(root, "lastAttempt"),
                LastSuccess = Time(root, "lastSuccess"),
                LastRenewal = Time(root, "lastRenewal"),
                LastStatus = Text(root, "lastStatus"),
                LastErrorId = Text(root, "lastErrorId"),
                LastErrorMessage = Text(root, "lastErrorMessage"),
                LastErrorTime = Time(root, "lastErrorTime"),
                NextRenewal = Time(root, "nextRenewal"),
                ActionsPending = root.TryGetProperty("actionsPending", out var pending) && pending.GetBoolean(),
                ClockDifference = Seconds(root, "clockDifferenceSeconds"),
                ClockLimit = Seconds(root, "clockLimitSeconds"),
                ActionsPendingSince = Time(root, "actionsPendingSince"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? time) =>
        Write(json, name, time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    private static void Write(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }

    private static void Write(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } span)
            json.WriteNumber(name, (long)span.TotalSeconds);
    }

    // No clock is off by more than what its calendar counts.
    private static TimeSpan? Seconds(JsonElement root, string name) =>
        root.TryGetProperty(name, out var seconds) && seconds.TryGetInt32(out var value) ? TimeSpan.FromSeconds(value) : null;

    private static DateTimeOffset? Time(JsonElement root, string name) => root.TryGetProperty(name, out var time) ? time.GetDateTimeOffset() : null;

    // The account of the run owns the file, and root's terminal may show it.
    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var text) ? Shorter(PlainText.Line(text.GetString())) : null;

    private static string? Shorter(string? text) => text?.Length > LongestText ? text[..LongestText] + "…" : text;
}
