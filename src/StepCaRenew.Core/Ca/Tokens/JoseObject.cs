using System.Text.Json;

namespace StepCaRenew.Ca.Tokens;

/// <summary>A JSON object of JOSE: a header, claims, or a key. It comes from outside and may be hostile.</summary>
internal sealed class JoseObject
{
    private readonly JsonElement root;

    private JoseObject(JsonElement root) => this.root = root;

    /// <summary>Reads an object.</summary>
    /// <exception cref="FormatException">It is not a JSON object.</exception>
    public static JoseObject Parse(ReadOnlyMemory<byte> utf8, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new JoseObject(document.RootElement.Clone()) : throw new FormatException($"its {what} is not a JSON object");
        }
        catch (JsonException e)
        {
            throw new FormatException($"its {what} is not JSON", e);
        }
    }

    /// <summary>Reads an object in base64url.</summary>
    /// <exception cref="FormatException">It is not a JSON object in base64url.</exception>
    public static JoseObject Decode(string text, string what) =>
        Parse(Base64Url.TryDecode(text) ?? throw new FormatException($"its {what} is not base64url"), what);

    /// <summary>Whether there is a field, even if it is null.</summary>
    public bool Has(string name) => root.TryGetProperty(name, out _);

    /// <summary>A field; null if it is missing or null.</summary>
    public JsonElement? Find(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text; null if it is missing.</summary>
    /// <exception cref="FormatException">It is not a text.</exception>
    public string? Text(string name) => Find(name) is { } value ? Text(value, name) : null;

    /// <summary>The text of an element.</summary>
    /// <exception cref="FormatException">It is not a text.</exception>
    public static string Text(JsonElement value, string name)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException($"'{name}' is not a text");
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair, or bytes that are not UTF-8.
            throw new FormatException($"'{name}' is not a text", e);
        }
    }

    /// <summary>Bytes in base64url.</summary>
    /// <param name="name">The field.</param>
    /// <param name="longest">The longest value, in bytes.</param>
    /// <exception cref="FormatException">It is missing, empty, too long, or not base64url.</exception>
    public byte[] Bytes(string name, int longest)
    {
        var text = Text(name) ?? throw new FormatException($"'{name}' is missing");
        return text.Length > longest * 2 ? throw TooLong(name)
            : Base64Url.TryDecode(text) is not { Length: > 0 } bytes ? throw new FormatException($"'{name}' is not base64url")
            : bytes.Length > longest ? throw TooLong(name)
            : bytes;
    }

    /// <summary>A time in seconds since 1970; null if it is missing.</summary>
    /// <exception cref="FormatException">It is not a time.</exception>
    public DateTimeOffset? Time(string name)
    {
        if (Find(name) is not { } value)
            return null;
        // The range of DateTimeOffset, in seconds.
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds))
            : throw new FormatException($"'{name}' is not a time");
    }

    private static FormatException TooLong(string name) => new($"'{name}' is too long");
}
