using System.Globalization;
using System.Text.Json;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>The record of pending actions as bytes. What does not look exactly like one of ours is refused as a whole.</summary>
internal static class PendingFormat
{
    /// <summary>More actions in one call make no sense.</summary>
    public const int MaximumEntries = 1000;

    private const int Version = 1;
    private const int MaximumSerialLength = 64;
    private const string Hexadecimal = "0123456789ABCDEFabcdef";

    /// <summary>Writes entries.</summary>
    public static byte[] Render(IEnumerable<PendingEntry> entries)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("version"u8, Version);
            json.WriteStartArray("pending"u8);
            foreach (var entry in entries)
            {
                json.WriteStartObject();
                json.WriteNumber("index"u8, entry.Index);
                json.WriteString("hash"u8, entry.Hash);
                json.WriteString("serial"u8, entry.SerialNumber);
                json.WriteString("time"u8, entry.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
                if (entry.Stopped.Count > 0)
                    WriteStopped(json, entry.Stopped);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <summary>Reads entries; null where the bytes are damaged, or not ours.</summary>
    public static IReadOnlyList<PendingEntry>? Parse(byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 5 });
            var root = json.RootElement;
            if (!HasOnly(root, "version", "pending") || root.GetProperty("version").GetInt32() != Version)
                return null;
            var entries = root.GetProperty("pending").EnumerateArray().Select(Entry).ToList();
            return entries.Count is > 0 and <= MaximumEntries && entries.TrueForAll(IsSound) ? entries : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static void WriteStopped(Utf8JsonWriter json, IReadOnlyList<string> hashes)
    {
        json.WriteStartArray("stopped"u8);
        foreach (var hash in hashes)
            json.WriteStringValue(hash);
        json.WriteEndArray();
    }

    private static PendingEntry Entry(JsonElement json)
    {
        var hasStopped = HasOnly(json, "index", "hash", "serial", "stopped", "time");
        if (!hasStopped && !HasOnly(json, "index", "hash", "serial", "time"))
            throw new FormatException();
        return new PendingEntry(json.GetProperty("index").GetInt32(), json.GetProperty("hash").GetString()!, json.GetProperty("serial").GetString()!, json.GetProperty("time").GetDateTimeOffset())
        {
            Stopped = hasStopped ? [.. json.GetProperty("stopped").EnumerateArray().Select(one => one.GetString()!)] : [],
        };
    }

    private static bool HasOnly(JsonElement json, params string[] names) =>
        json.EnumerateObject().Select(property => property.Name).Order().SequenceEqual(names.Order());

    private static bool IsSound(PendingEntry entry) =>
        entry.Index is >= 0 and < MaximumEntries
        && IsHash(entry.Hash)
        && entry.Stopped.Count <= MaximumEntries && entry.Stopped.All(IsHash)
        && entry.SerialNumber is { Length: > 0 and <= MaximumSerialLength } && IsHexadecimal(entry.SerialNumber);

    private static bool IsHash(string text) => text is { Length: ActionHash.Length } && IsHexadecimal(text);

    private static bool IsHexadecimal(string text) => text.All(Hexadecimal.Contains);
}
