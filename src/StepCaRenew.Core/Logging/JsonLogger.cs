using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using StepCaRenew.Text;

namespace StepCaRenew.Logging;

/// <summary>Writes every event as one line of JSON. A log that cannot be written gives one warning and never stops a run.</summary>
/// <param name="path">The full path of the file; its folder must exist.</param>
/// <param name="clock">The clock.</param>
/// <param name="fallback">Gets the warning if the log cannot be written.</param>
internal sealed class JsonLogger(string path, TimeProvider clock, ILogger fallback) : ILogger
{
    // The name under which the logging package passes the template of the message.
    private const string Template = "{OriginalFormat}";

    // The file is not HTML, so names and paths in any script can stay readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly RotatingFile file = new(path);
    private readonly object gate = new();
    private bool isBroken;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None && !isBroken;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
            return;
        var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var line = Render(clock.GetUtcNow(), logLevel, eventId, formatter(state, exception), fields);
        lock (gate)
        {
            try
            {
                if (!isBroken)
                    file.Append(line);
                return;
            }
            // Any exception: a log must never stop a run.
            catch (Exception e)
            {
                isBroken = true;
                ActionLog.LogNotWritten(fallback, path, e.Message);
            }
        }
    }

    // Time, level, id, name, process, message, and the fields by name; with the line feed.
    private static byte[] Render(DateTimeOffset time, LogLevel level, EventId id, string message, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, Utc(time, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
            json.WriteString("level"u8, level.ToString());
            json.WriteNumber("id"u8, id.Id);
            json.WriteString("event"u8, id.Name);
            json.WriteNumber("pid"u8, Environment.ProcessId);
            json.WriteString("message"u8, PlainText.Visible(message));
            json.WriteStartObject("fields"u8);
            foreach (var (name, value) in fields.Where(field => field.Key != Template))
                Write(json, JsonNamingPolicy.CamelCase.ConvertName(name), value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            case int or long or double:
                json.WriteNumber(name, Math.Round(Convert.ToDecimal(value, CultureInfo.InvariantCulture), 3));
                break;
            case DateTimeOffset time:
                json.WriteString(name, Utc(time, "yyyy-MM-dd'T'HH:mm:ss'Z'"));
                break;
            default:
                json.WriteString(name, PlainText.Visible(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty));
                break;
        }
    }

    private static string Utc(DateTimeOffset time, string format) => time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
