using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using StepCaRenew.Json;
using StepCaRenew.Text;

namespace StepCaRenew.Registration;

/// <summary>Reads and writes states. A damaged state counts as none: only history is lost.</summary>
internal static class StateFormat
{
    public static byte[] Render(RenewalState state) => JsonText.Render(json => JsonSerializer.Serialize(json, state, StateJson.Default.RenewalState));

    /// <summary>Reads a state; null if it is damaged.</summary>
    public static RenewalState? Parse(byte[] bytes)
    {
        try
        {
            var state = JsonSerializer.Deserialize(bytes, StateJson.Default.RenewalState);
            return state?.Served is { IsComplete: false } ? state with { Served = null } : state;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The serializer of states. Unknown properties are ignored, since they can be from a later version.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 4,
    Converters = [typeof(StateTextConverter), typeof(UtcSecondsConverter), typeof(ClockSecondsConverter)])]
[JsonSerializable(typeof(RenewalState))]
internal sealed partial class StateJson : JsonSerializerContext;

/// <summary>Text without control characters: the account of the run owns the file, and the terminal of root can show it.</summary>
internal sealed class StateTextConverter : JsonConverter<string>
{
    // Longer than any message of this module.
    private const int LongestText = 4000;

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = PlainText.Line(reader.GetString());
        return text?.Length > LongestText ? text[..LongestText] + "…" : text;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>A time, without fractions of a second.</summary>
internal sealed class UtcSecondsConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}

/// <summary>A difference of clocks in whole seconds.</summary>
internal sealed class ClockSecondsConverter : JsonConverter<TimeSpan?>
{
    // A larger difference is not one of clocks.
    public override TimeSpan? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetInt32(out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    public override void Write(Utf8JsonWriter writer, TimeSpan? value, JsonSerializerOptions options) => writer.WriteNumberValue((long)value!.Value.TotalSeconds);
}
