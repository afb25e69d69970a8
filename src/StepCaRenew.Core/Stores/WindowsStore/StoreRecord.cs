using System.Text.Json;
using System.Text.Json.Serialization;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>The certificates and keys that this module put into the stores of one location. Anything else in the stores is never removed.</summary>
internal sealed record StoreRecord
{
    private const int Current = 1;

    /// <summary>The version of the format.</summary>
    public int Version { get; init; } = Current;

    /// <summary>The certificates, in the order in which they were put there.</summary>
    public IReadOnlyList<StoreEntry> Entries { get; init => field = value ?? []; } = [];

    /// <summary>The record with an entry, in the place of the one for the same certificate.</summary>
    public StoreRecord With(StoreEntry entry) => this with { Entries = [.. Entries.Where(other => !other.IsFor(entry.Store, entry.Thumbprint)), entry] };

    /// <summary>The record without an entry.</summary>
    public StoreRecord Without(StoreEntry entry) => this with { Entries = [.. Entries.Where(other => !other.IsFor(entry.Store, entry.Thumbprint))] };

    /// <summary>The content of its file.</summary>
    public byte[] Render() => JsonSerializer.SerializeToUtf8Bytes(this, StoreRecordJson.Default.StoreRecord);

    /// <summary>Reads a content; null if it is damaged, or of a later version.</summary>
    public static StoreRecord? Parse(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, StoreRecordJson.Default.StoreRecord) is { Version: Current } record && record.Entries.All(entry => entry is { IsSound: true }) ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A certificate that this module put into a store.</summary>
internal sealed record StoreEntry
{
    private const int Sha1Length = 40;
    private const int Sha256Length = 64;

    /// <summary>The store, as <c>LocalMachine\My</c>.</summary>
    public string Store { get; init; } = string.Empty;

    /// <summary>The friendly name. Certificates with one name, in one store and of one source, follow one another.</summary>
    public string FriendlyName { get; init; } = string.Empty;

    /// <summary>The pair that was published: the path of its certificate.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>The thumbprint of the certificate that was renewed in the store; null for a publication.</summary>
    public string? Replaces { get; init; }

    /// <summary>SHA-1 of the certificate.</summary>
    public string Thumbprint { get; init; } = string.Empty;

    /// <summary>The id of its public key.</summary>
    public string PublicKeyId { get; init; } = string.Empty;

    /// <summary>The kind of the key that was asked for.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<KeyProvider>))]
    public KeyProvider KeyProvider { get; init; }

    /// <summary>The container that this module made for the key; null if the key was there before, or is kept with the certificate.</summary>
    public string? KeyName { get; init; }

    /// <summary>The SIDs of the accounts that were allowed to read the key.</summary>
    public IReadOnlyList<string> Granted { get; init => field = value ?? []; } = [];

    /// <summary>When it was put there.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Whether all parts are what they must be: a record can be damaged.</summary>
    [JsonIgnore]
    public bool IsSound =>
        Store is { Length: > 0 } && FriendlyName is not null && Source is not null && IsHash(Thumbprint, Sha1Length) && (Replaces is null || IsHash(Replaces, Sha1Length)) && IsHash(PublicKeyId, Sha256Length);

    /// <summary>Whether it is for this certificate in this store.</summary>
    public bool IsFor(string store, string thumbprint) =>
        Store.Equals(store, StringComparison.OrdinalIgnoreCase) && Thumbprint.Equals(thumbprint, StringComparison.OrdinalIgnoreCase);

    /// <summary>The container that this module made; null if it made none.</summary>
    public KeyContainer? ContainerIn(CertificateStoreName store)
    {
        var container = KeyName is null ? null : KeyContainer.New(KeyProvider, store.Location) with { Name = KeyName };
        // Any other name would be that of another program's key.
        return container is { IsOurs: true } ? container : null;
    }

    private static bool IsHash(string? text, int length) => text?.Length == length && text.All(char.IsAsciiHexDigit);
}

/// <summary>The serializer of records.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(StoreRecord))]
internal sealed partial class StoreRecordJson : JsonSerializerContext;
