using System.Globalization;
using System.Text.Json;
using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.FollowUps;

/// <summary>
/// The record of open follow-ups of a pair. It names actions only by their hashes: the actions themselves come from the call or
/// the definition. Bytes that are not exactly a record are refused as a whole.
/// </summary>
/// <param name="Replaced">The serial number of the replaced certificate. The follow-ups are open for any other certificate.</param>
/// <param name="Since">When the certificate was replaced.</param>
internal sealed record FollowUpRecord(string Replaced, DateTimeOffset Since)
{
    /// <summary>The largest number of hashes in one list.</summary>
    public const int MaximumCount = 1000;

    private const int Version = 2;

    // No certificate has it.
    private const string Unknown = "0";

    private const int MaximumSerialLength = 64;
    private const string Hexadecimal = "0123456789ABCDEFabcdef";

    /// <summary>A record that cannot be read: every action counts as open, for longer than any time limit.</summary>
    public static FollowUpRecord Damaged { get; } = new(Unknown, DateTimeOffset.MinValue);

    /// <summary>The record of publications that are not current although the certificate was not replaced: it is open for any certificate.</summary>
    public static FollowUpRecord ForAny(DateTimeOffset now) => new(Unknown, now) { IsForPublications = true };

    /// <summary>The serial number of the replaced certificate; empty if it is not known.</summary>
    public string OldSerialNumber => Replaced == Unknown ? string.Empty : Replaced;

    /// <summary>The serial number of the certificate for which <see cref="Done"/> holds; null if no action is done.</summary>
    public string? DoneFor { get; init; }

    /// <summary>The hashes of the actions that are done, and of the servers that serve the certificate.</summary>
    public IReadOnlyList<string> Done { get; init; } = [];

    /// <summary>By the hash of an action: the hashes of the services that it has stopped, or was about to stop.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Stopped { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The thumbprint (SHA-1) of the replaced certificate, for the bindings that name it; null if it is not known.</summary>
    public string? ReplacedThumbprint { get; init; }

    /// <summary>Whether only publications are open: the run that wrote the record had no actions.</summary>
    public bool IsForPublications { get; init; }

    /// <summary>Whether follow-ups are open if this certificate is in place.</summary>
    // If the replaced certificate is back, services that have loaded another one since must load it again.
    public bool IsOpenFor(string serialNumber) =>
        serialNumber != Replaced || (DoneFor is not null && DoneFor != serialNumber) || Stopped.Count > 0;

    /// <summary>Whether an action is done for a certificate.</summary>
    public bool IsDone(ActionDefinition action, string serialNumber) => IsDone(action.Hash, serialNumber);

    /// <summary>Whether the follow-up with a hash is done for a certificate.</summary>
    public bool IsDone(string hash, string serialNumber) => DoneFor == serialNumber && Done.Contains(hash) && !Stopped.ContainsKey(hash);

    /// <summary>The record after actions have run for a certificate.</summary>
    public FollowUpRecord WithDone(IReadOnlySet<string> hashes, string serialNumber) => hashes.Count == 0 ? this : this with
    {
        DoneFor = serialNumber,
        Done = [.. (DoneFor == serialNumber ? Done : []).Union(hashes).Take(MaximumCount)],
        Stopped = Stopped.Where(action => !hashes.Contains(action.Key)).ToDictionary(),
    };

    /// <summary>Writes the record.</summary>
    public byte[] Render()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("version"u8, Version);
            json.WriteString("replaced"u8, Replaced);
            json.WriteString("since"u8, Since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            if (ReplacedThumbprint is not null)
                json.WriteString("replacedThumbprint"u8, ReplacedThumbprint);
            if (IsForPublications)
                json.WriteBoolean("publications"u8, true);
            if (DoneFor is not null)
            {
                json.WriteString("doneFor"u8, DoneFor);
                WriteHashes(json, "done", Done);
            }

            if (Stopped.Count > 0)
            {
                json.WriteStartObject("stopped"u8);
                foreach (var (action, services) in Stopped)
                    WriteHashes(json, action, services);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    /// <summary>Reads a record; null if the bytes are damaged, or not a record.</summary>
    public static FollowUpRecord? Parse(byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 5 });
            var root = json.RootElement;
            var record = root.GetProperty("version").GetInt32() switch
            {
                Version => Read(root),
                1 => ReadVersion1(root),
                _ => null,
            };
            return record is not null && IsSound(record) ? record : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static FollowUpRecord Read(JsonElement root)
    {
        RequireOnly(root, "version", "replaced", "since", "doneFor", "done", "stopped", "publications", "replacedThumbprint");
        var hasDone = root.TryGetProperty("doneFor", out var doneFor);
        return new FollowUpRecord(Text(root.GetProperty("replaced")), root.GetProperty("since").GetDateTimeOffset())
        {
            ReplacedThumbprint = root.TryGetProperty("replacedThumbprint", out var thumbprint) ? Text(thumbprint) : null,
            IsForPublications = root.TryGetProperty("publications", out var publications) && publications.GetBoolean(),
            DoneFor = hasDone ? Text(doneFor) : null,
            Done = hasDone ? Hashes(root.GetProperty("done")) : [],
            Stopped = root.TryGetProperty("stopped", out var stopped) ? stopped.EnumerateObject().ToDictionary(action => action.Name, action => Hashes(action.Value)) : new Dictionary<string, IReadOnlyList<string>>(),
        };
    }

    // Version 1 listed the open actions, each with the certificate that was replaced. The oldest one is still in use.
    private static FollowUpRecord ReadVersion1(JsonElement root)
    {
        RequireOnly(root, "version", "pending");
        var entries = root.GetProperty("pending").EnumerateArray().OrderBy(entry => entry.GetProperty("time").GetDateTimeOffset()).ToList();
        foreach (var entry in entries)
            RequireOnly(entry, "index", "hash", "serial", "stopped", "time");
        return new FollowUpRecord(Text(entries[0].GetProperty("serial")), entries[0].GetProperty("time").GetDateTimeOffset())
        {
            Stopped = entries.Where(entry => entry.TryGetProperty("stopped", out _)).ToDictionary(entry => Text(entry.GetProperty("hash")), entry => Hashes(entry.GetProperty("stopped"))),
        };
    }

    private static void RequireOnly(JsonElement json, params string[] names)
    {
        var found = json.EnumerateObject().Select(property => property.Name).ToList();
        if (found.Distinct().Count() != found.Count || found.Except(names).Any())
            throw new FormatException();
    }

    private static string Text(JsonElement json) => json.GetString() ?? throw new FormatException();

    private static IReadOnlyList<string> Hashes(JsonElement json) => [.. json.EnumerateArray().Select(Text)];

    private static void WriteHashes(Utf8JsonWriter json, string name, IReadOnlyList<string> hashes)
    {
        json.WriteStartArray(name);
        foreach (var hash in hashes)
            json.WriteStringValue(hash);
        json.WriteEndArray();
    }

    private static bool IsSound(FollowUpRecord record) =>
        IsSerial(record.Replaced) && (record.DoneFor is null || IsSerial(record.DoneFor)) && (record.ReplacedThumbprint is null or { Length: 40 } && record.ReplacedThumbprint?.All(Hexadecimal.Contains) != false)
        && AreHashes(record.Done) && AreHashes([.. record.Stopped.Keys]) && record.Stopped.Values.All(AreHashes);

    private static bool IsSerial(string text) => text is { Length: > 0 and <= MaximumSerialLength } && text.All(Hexadecimal.Contains);

    private static bool AreHashes(IReadOnlyList<string> texts) =>
        texts.Count <= MaximumCount && texts.All(text => text.Length == ActionHash.Length && text.All(Hexadecimal.Contains));
}
