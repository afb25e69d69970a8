using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace StepCaRenew.Json;

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
