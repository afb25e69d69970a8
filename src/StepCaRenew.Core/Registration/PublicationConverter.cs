using System.Text.Json;
using System.Text.Json.Serialization;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Json;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Registration;

/// <summary>A publication of a definition: an object whose properties tell its kind.</summary>
internal sealed class PublicationConverter : JsonConverter<Publication>
{
    public override Publication Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var given = InvalidValueException.ReadInner(ref reader, DefinitionJson.Default.PublicationProperties);
        if (given.Format is not null && given.Key is null)
            throw new InvalidValueException("'format' is for 'key' alone");
        if ((given.PasswordFile is not null || given.Encryption is not null) && given.Pfx is null)
            throw new InvalidValueException("'passwordFile' and 'encryption' are for 'pfx' alone");
        if (given.Pfx is not null && given.PasswordFile is null)
            throw new InvalidValueException("'pfx' needs a 'passwordFile'");
        if ((given.FriendlyName ?? given.KeyProvider) is not null || given.GrantRead is { Count: > 0 } || given.RemoveOld)
        {
            if (given.Store is null)
                throw new InvalidValueException("'friendlyName', 'grantRead', 'keyProvider' and 'removeOld' are for 'store' alone");
        }

        Publication?[] publications =
        [
            given.Store is { } store ? new StorePublication(CertificateStoreName.Parse(store))
            {
                FriendlyName = given.FriendlyName, GrantRead = given.GrantRead ?? [], RemoveOld = given.RemoveOld,
                KeyProvider = given.KeyProvider is { } provider ? Enum.Parse<KeyProvider>(provider) : default,
            } : null,
            given.Pfx is { } pfx ? new PfxPublication(pfx) { PasswordFile = given.PasswordFile, Encryption = given.Encryption is { } encryption ? Enum.Parse<PfxEncryption>(encryption) : default } : null,
            given.Bundle is { } bundle ? new PemPublication(PemForm.Bundle, bundle) : null,
            given.Chain is { } chain ? new PemPublication(PemForm.Chain, chain) : null,
            given.Leaf is { } leaf ? new PemPublication(PemForm.Leaf, leaf) : null,
            given.Root is { } root ? new PemPublication(PemForm.Root, root) : null,
            given.Key is { } key ? new PemPublication(PemForm.Key, key) { Format = given.Format is { } format ? Enum.Parse<KeyFormat>(format) : KeyFormat.Pkcs8 } : null,
        ];
        return publications.OfType<Publication>().ToList() is [var only] ? only
            : throw new InvalidValueException("a publication needs exactly one of pfx, bundle, chain, leaf, root, key and store");
    }

    public override void Write(Utf8JsonWriter writer, Publication value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value switch
    {
        PfxPublication pfx => new PublicationProperties { Pfx = pfx.Path, PasswordFile = pfx.PasswordFile, Encryption = pfx.Encryption == default ? null : pfx.Encryption.ToString() },
        PemPublication { Form: PemForm.Bundle } pem => new PublicationProperties { Bundle = pem.Path },
        PemPublication { Form: PemForm.Chain } pem => new PublicationProperties { Chain = pem.Path },
        PemPublication { Form: PemForm.Leaf } pem => new PublicationProperties { Leaf = pem.Path },
        PemPublication { Form: PemForm.Root } pem => new PublicationProperties { Root = pem.Path },
        PemPublication pem => new PublicationProperties { Key = pem.Path, Format = pem.Format == KeyFormat.Pkcs8 ? null : pem.Format.ToString() },
        StorePublication store => new PublicationProperties
        {
            Store = store.Store.Text, FriendlyName = store.FriendlyName, GrantRead = store.GrantRead.Count == 0 ? null : store.GrantRead, RemoveOld = store.RemoveOld,
            KeyProvider = store.KeyProvider == default ? null : store.KeyProvider.ToString(),
        },
        _ => throw new NotSupportedException($"{value.GetType().Name} exists only in a session."),
    }, DefinitionJson.Default.PublicationProperties);
}

internal sealed record PublicationProperties
{
    [JsonConverter(typeof(FullPathConverter))]
    public string? Pfx { get; init; }

    [JsonConverter(typeof(FullPathConverter))]
    public string? PasswordFile { get; init; }

    [JsonConverter(typeof(PfxEncryptionConverter))]
    public string? Encryption { get; init; }

    [JsonConverter(typeof(FullPathConverter))]
    public string? Bundle { get; init; }

    [JsonConverter(typeof(FullPathConverter))]
    public string? Chain { get; init; }

    [JsonConverter(typeof(FullPathConverter))]
    public string? Leaf { get; init; }

    [JsonConverter(typeof(FullPathConverter))]
    public string? Root { get; init; }

    [JsonConverter(typeof(FullPathConverter))]
    public string? Key { get; init; }

    [JsonConverter(typeof(KeyFormatConverter))]
    public string? Format { get; init; }

    [JsonConverter(typeof(StoreNameConverter))]
    public string? Store { get; init; }

    public string? FriendlyName { get; init; }

    public IReadOnlyList<string>? GrantRead { get; init; }

    [JsonConverter(typeof(KeyProviderConverter))]
    public string? KeyProvider { get; init; }

    public bool RemoveOld { get; init; }
}

internal sealed class KeyFormatConverter() : NameConverter([nameof(KeyFormat.Pkcs8), nameof(KeyFormat.Pkcs1), nameof(KeyFormat.Sec1)]);

internal sealed class KeyProviderConverter() : NameConverter(Enum.GetNames<KeyProvider>());

internal sealed class StoreNameConverter() : TextConverter<string>(text => CertificateStoreName.Parse(text).Text, text => text);

internal sealed class PfxEncryptionConverter() : NameConverter(Enum.GetNames<PfxEncryption>());
