using System.Text.Json;
using System.Text.Json.Serialization;

namespace StepCaRenew.Json;

/// <summary>Reads and writes a value that a file has as text.</summary>
internal abstract class TextConverter<T>(Func<string, T> parse, Func<T, string> render) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw InvalidValueException.Expected("a text");
        var text = reader.GetString()!;
        if (text.Length == 0)
            throw new InvalidValueException("it is empty");
        if (text.Any(char.IsControl))
            throw new InvalidValueException("it has a control character");
        try
        {
            return parse(text);
        }
        catch (RenewalException e)
        {
            throw new InvalidValueException(e.Message.TrimEnd('.'));
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(render(value));
}

/// <summary>A text that is used as it is.</summary>
/// <param name="findProblem">Returns the rest of a sentence about an invalid text; null if it is valid.</param>
internal abstract class CheckedTextConverter(Func<string, string?> findProblem)
    : TextConverter<string>(text => findProblem(text) is { } problem ? throw new InvalidValueException(problem) : text, text => text);

/// <summary>Any text.</summary>
internal sealed class PlainTextConverter() : CheckedTextConverter(_ => null);

/// <summary>A full path.</summary>
internal sealed class FullPathConverter() : TextConverter<string>(
    path => Path.IsPathFullyQualified(path) ? Path.GetFullPath(path) : throw new InvalidValueException($"'{path}' is not a full path, and a scheduled run starts in another folder"),
    path => path);

/// <summary>One of some names.</summary>
internal abstract class NameConverter(IReadOnlyList<string> names)
    : CheckedTextConverter(text => names.Contains(text) ? null : $"'{text}' is none of {string.Join(", ", names)}");

/// <summary>True or false.</summary>
internal sealed class FlagConverter : JsonConverter<bool>
{
    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.True or JsonTokenType.False ? reader.GetBoolean() : throw InvalidValueException.Expected("true or false");

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
}
