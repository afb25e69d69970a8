using System.Text;
using System.Text.Json;

namespace StepCaRenew.Registration;

/// <summary>A JSON value that knows where it stands: whoever wrote the file by hand wants the line, not an offset.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The text of a string or a number.</param>
/// <param name="Line">The line of its first character, from 1.</param>
/// <param name="Path">The way to it, such as <c>actions[0].signal</c>; empty for the root.</param>
internal sealed record LocatedJson(JsonValueKind Kind, string? Text, int Line, string Path)
{
    private const int MaximumDepth = 8;

    /// <summary>The properties of an object, in their order.</summary>
    public IReadOnlyList<(string Name, LocatedJson Value)> Members { get; private init; } = [];

    /// <summary>The values of an array.</summary>
    public IReadOnlyList<LocatedJson> Items { get; private init; } = [];

    /// <summary>Reads a text; comments and trailing commas are fine.</summary>
    /// <exception cref="LocatedJsonException">It is no JSON.</exception>
    public static LocatedJson Parse(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaximumDepth });
        try
        {
            reader.Read();
            var lines = new LineCounter();
            var root = Value(ref reader, bytes, lines, string.Empty);
            // Anything after the root is an error of the reader's.
            reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            throw new LocatedJsonException((int)(e.LineNumber ?? 0) + 1, string.Empty, Reason(e.Message));
        }
        catch (InvalidOperationException)
        {
            throw new LocatedJsonException(1, string.Empty, "it holds half a character (a lone surrogate)");
        }
    }

    private static LocatedJson Value(ref Utf8JsonReader reader, byte[] bytes, LineCounter lines, string path)
    {
        var line = lines.LineOf(bytes, (int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return new(JsonValueKind.Object, null, line, path) { Members = ReadMembers(ref reader, bytes, lines, path) };
            case JsonTokenType.StartArray:
                var items = new List<LocatedJson>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(Value(ref reader, bytes, lines, $"{path}[{items.Count}]"));
                return new(JsonValueKind.Array, null, line, path) { Items = items };
            case JsonTokenType.String:
                return new(JsonValueKind.String, reader.GetString(), line, path);
            case JsonTokenType.Number:
                return new(JsonValueKind.Number, Encoding.UTF8.GetString(reader.ValueSpan), line, path);
            case JsonTokenType.True:
                return new(JsonValueKind.True, null, line, path);
            case JsonTokenType.False:
                return new(JsonValueKind.False, null, line, path);
            default:
                return new(JsonValueKind.Null, null, line, path);
        }
    }

    private static List<(string, LocatedJson)> ReadMembers(ref Utf8JsonReader reader, byte[] bytes, LineCounter lines, string path)
    {
        var members = new List<(string Name, LocatedJson Value)>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            var memberPath = path.Length == 0 ? name : $"{path}.{name}";
            if (members.Exists(member => member.Name == name))
                throw new LocatedJsonException(lines.LineOf(bytes, (int)reader.TokenStartIndex), memberPath, "it stands there twice");
            reader.Read();
            members.Add((name, Value(ref reader, bytes, lines, memberPath)));
        }

        return members;
    }

    // The platform adds its own position, counted from zero.
    private static string Reason(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var reason = (end < 0 ? message : message[..end]).TrimEnd('.');
        return reason.Length == 0 ? "it is no JSON" : char.ToLowerInvariant(reason[0]) + reason[1..];
    }

    /// <summary>Counts on from the last position, since tokens come in their order.</summary>
    private sealed class LineCounter
    {
        private int line = 1;
        private int position;

        public int LineOf(byte[] bytes, int target)
        {
            line += bytes.AsSpan(position..target).Count((byte)'\n');
            position = target;
            return line;
        }
    }
}
