using System.Text.Json;

namespace StepCaRenew.Json;

/// <summary>
/// The line and kind of each value of a JSON text, for messages. Reading it finds the errors that the serializer does not
/// report: properties that occur twice, null, and lone surrogates.
/// </summary>
internal sealed class JsonOutline
{
    private const int MaximumDepth = 8;

    private readonly Dictionary<string, (int Line, JsonTokenType Kind)> values = [];
    private readonly byte[] bytes;
    private int line = 1;
    private int position;

    private JsonOutline(byte[] bytes) => this.bytes = bytes;

    /// <summary>Reads a text in UTF-8. Comments and trailing commas are allowed.</summary>
    /// <exception cref="JsonException">The text is not JSON, or a value is not allowed in any definition.</exception>
    public static JsonOutline Read(byte[] bytes)
    {
        var outline = new JsonOutline(bytes);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaximumDepth });
        reader.Read();
        outline.ReadValue(ref reader, "$");
        reader.Read();
        return outline;
    }

    public bool Has(string path) => values.ContainsKey(path);

    /// <summary>The line of a value, from 1; null if the path is not known.</summary>
    public int? LineOf(string path) => values.TryGetValue(path, out var value) ? value.Line : null;

    /// <summary>The kind of a value, for a message.</summary>
    public string KindOf(string path) => values[path].Kind switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        _ => "true or false",
    };

    private void ReadValue(ref Utf8JsonReader reader, string path)
    {
        values[path] = (LineAt((int)reader.TokenStartIndex), reader.TokenType);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                    ReadMember(ref reader, path);
                break;
            case JsonTokenType.StartArray:
                for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
                    ReadValue(ref reader, $"{path}[{index}]");
                break;
            case JsonTokenType.Null:
                throw Invalid(ref reader, path, "it is null; leave the property out instead");
            case JsonTokenType.String:
                Text(ref reader, path);
                break;
        }
    }

    private void ReadMember(ref Utf8JsonReader reader, string path)
    {
        path = $"{path}.{Text(ref reader, path)}";
        if (Has(path))
            throw Invalid(ref reader, path, "it occurs twice");

        reader.Read();
        ReadValue(ref reader, path);
    }

    private string Text(ref Utf8JsonReader reader, string path)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Invalid(ref reader, path, "it has half a character (a lone surrogate)");
        }
    }

    private InvalidValueException Invalid(ref Utf8JsonReader reader, string path, string reason) => new(reason, path, LineAt((int)reader.TokenStartIndex));

    // Tokens are read in their order, so the lines are counted only once.
    private int LineAt(int target)
    {
        line += bytes.AsSpan(position..target).Count((byte)'\n');
        position = target;
        return line;
    }
}
