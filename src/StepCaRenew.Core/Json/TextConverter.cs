using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

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
internal sealed class FullPathConverter() : TextConverter<string>(Parse, path => path)
{
    /// <summary>Reads a full path.</summary>
    /// <exception cref="InvalidValueException">It is relative.</exception>
    public static string Parse(string path) =>
        Path.IsPathFullyQualified(path) ? Path.GetFullPath(path) : throw new InvalidValueException($"'{path}' is not a full path, and a scheduled run starts in another folder");
}

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

/// <summary>A value that is not allowed in a definition. The serializer adds its path, except for the part within a converter.</summary>
/// <param name="reason">The rest of a sentence about the value.</param>
/// <param name="path">The path from the root, if it is known.</param>
/// <param name="line">The line, from 1, if it is known.</param>
internal sealed class InvalidValueException(string reason, string? path = null, int? line = null) : JsonException(reason, path, line - 1, null)
{
    /// <summary>The path of the value within the value that a converter reads, such as <c>.run</c> or <c>[2]</c>.</summary>
    public string InnerPath { get; init; } = string.Empty;

    /// <summary>The kind that the value should have, if that is the problem.</summary>
    public string? ExpectedKind { get; init; }

    /// <summary>The value has the wrong kind.</summary>
    public static InvalidValueException Expected(string kind, string innerPath = "") => new(kind) { ExpectedKind = kind, InnerPath = innerPath };

    /// <summary>Reads an object within a converter, of which the serializer knows only the path within it.</summary>
    public static T ReadInner<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, type)!;
        }
        catch (JsonException e)
        {
            var inner = FromSerializer(e, type);
            throw new InvalidValueException(inner.Message) { InnerPath = e.Path![1..] + inner.InnerPath, ExpectedKind = inner.ExpectedKind };
        }
    }

    /// <summary>The reason of an exception of the serializer, whose own message names types of the program.</summary>
    public static InvalidValueException FromSerializer(JsonException exception, JsonTypeInfo type)
    {
        if (exception is InvalidValueException known)
            return known;
        foreach (var name in exception.Path!.Split('.').Skip(1))
        {
            if (type.Properties.FirstOrDefault(property => property.Name == name) is not { } property)
                return new InvalidValueException($"there is no such property; known are {string.Join(", ", type.Properties.Select(one => one.Name).Order(StringComparer.Ordinal))}");
            type = type.Options.GetTypeInfo(property.PropertyType);
        }

        return Expected(type.Kind == JsonTypeInfoKind.Enumerable ? "a list" : "an object");
    }
}
