using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>
/// Writes PFX files: new ones, and those of a renewed pair in the form of the old one. Only this class uses the assembly
/// System.Security.Cryptography.Pkcs, so that it is loaded only in a run that writes a PFX file.
/// </summary>
internal static class PfxWriter
{
    // As Java writes. .NET and OpenSSL write 2,000.
    private const int Iterations = 10_000;

    /// <summary>Writes a new file: leaf, chain and key.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="password">The password; null for an empty one.</param>
    /// <param name="encryption">The encryption of certificates and key.</param>
    /// <param name="friendlyName">The name that Windows and Java show; null for none.</param>
    public static byte[] Write(KeyedCertificate pair, KeyPassword? password, PfxEncryption encryption, string? friendlyName = null)
    {
        ArgumentNullException.ThrowIfNull(pair);
        var parameters = encryption == PfxEncryption.TripleDes
            ? new PbeParameters(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, Iterations)
            : new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations);
        List<PfxAttribute> attributes = [PfxAttribute.ForLocalKeyId(pair.Leaf)];
        if (!string.IsNullOrEmpty(friendlyName))
            attributes.Add(PfxAttribute.ForFriendlyName(friendlyName));
        var opened = PfxPassword.ForNew(password);
        PfxSafe[] safes =
        [
            new(parameters, [PfxBag.ForCertificate(pair.Leaf, attributes), .. pair.Chain.Select(issuer => PfxBag.ForCertificate(issuer, []))]),
            new(null, [KeyBag(pair.Key, parameters, opened, attributes)]),
        ];
        return Seal(safes, (parameters.HashAlgorithm, parameters.IterationCount), opened);
    }

    /// <summary>
    /// Writes a renewed pair in the form of the file that it replaces: the encryption, the iteration counts, the friendly names,
    /// the other entries and all attributes stay.
    /// </summary>
    /// <param name="model">The file that is replaced.</param>
    /// <param name="next">The new pair.</param>
    public static byte[] Write(PfxFile model, KeyedCertificate next)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(next);
        var dropped = DroppedIssuers(model, next);
        var safes = model.Content.Safes.Select(safe => new PfxSafe(safe.Encryption, [.. safe.Bags.SelectMany(Replace)]));
        return Seal([.. safes], model.Content.Mac is { } mac ? (mac.Hash, mac.Iterations) : null, model.Content.Password);

        IEnumerable<PfxBag> Replace(PfxBag bag)
        {
            if (ReferenceEquals(bag, model.KeyBag))
                return [KeyBag(next.Key, bag.Cipher?.Parameters, model.Content.Password, Attributes(bag, model, next))];
            if (ReferenceEquals(bag, model.LeafBag))
                return [PfxBag.ForCertificate(next.Leaf, Attributes(bag, model, next)), .. NewIssuers(model, next)];
            return bag.Certificate is { } der && dropped.Exists(issuer => issuer.Span.SequenceEqual(der.Span)) ? [] : [bag];
        }
    }

    // The old chain, without what is also part of the new one: those entries stay with their attributes. The root that issued
    // the new chain stays too, since the CA does not send it.
    private static List<ReadOnlyMemory<byte>> DroppedIssuers(PfxFile model, KeyedCertificate next)
    {
        var last = next.Chain.Count == 0 ? next.Leaf : next.Chain[^1];
        return [.. model.ChainLinks.Where(old => !next.Chain.Any(issuer => IsSame(issuer, old.Der)) && !old.SubjectName.Span.SequenceEqual(last.IssuerName.RawData)).Select(old => old.Der)];
    }

    private static IEnumerable<PfxBag> NewIssuers(PfxFile model, KeyedCertificate next) =>
        next.Chain.Where(issuer => !model.Content.Bags.Any(bag => bag.Certificate is { } der && IsSame(issuer, der)))
            .Select(issuer => PfxBag.ForCertificate(issuer, []));

    private static bool IsSame(X509Certificate2 certificate, ReadOnlyMemory<byte> der) => certificate.RawDataMemory.Span.SequenceEqual(der.Span);

    // A local key id that is the hash of the old certificate becomes that of the new one; any other value only has to be equal.
    private static IReadOnlyList<PfxAttribute> Attributes(PfxBag bag, PfxFile model, KeyedCertificate next)
    {
        var old = PfxAttribute.ForLocalKeyId(model.Leaf);
        return [.. bag.Attributes.Select(attribute => attribute.IsSame(old) ? PfxAttribute.ForLocalKeyId(next.Leaf) : attribute)];
    }

    private static PfxBag KeyBag(PrivateKey key, PbeParameters? encryption, PfxPassword password, IReadOnlyList<PfxAttribute> attributes)
    {
        var plain = key.Handle.ExportPkcs8PrivateKey();
        if (encryption is null)
            return PfxBag.ForKey(plain, isShrouded: false, attributes);
        try
        {
            // Windows does not export every key in encrypted form.
            return PfxBag.ForKey(Pkcs8PrivateKeyInfo.Decode(plain, out _, skipCopy: true).Encrypt(password.Characters, encryption), isShrouded: true, attributes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static byte[] Seal(IReadOnlyList<PfxSafe> safes, (HashAlgorithmName Hash, int Iterations)? mac, PfxPassword password)
    {
        var builder = new Pkcs12Builder();
        foreach (var safe in safes)
        {
            var contents = new Pkcs12SafeContents();
            foreach (var bag in safe.Bags)
                contents.AddSafeBag(ToLibrary(bag));
            if (safe.Encryption is { } encryption)
                builder.AddSafeContentsEncrypted(contents, password.Characters, encryption);
            else
                builder.AddSafeContentsUnencrypted(contents);
        }

        if (mac is { } seal)
            builder.SealWithMac(password.Characters, seal.Hash, seal.Iterations);
        else
            builder.SealWithoutIntegrity();
        return builder.Encode();
    }

    private static EncodedBag ToLibrary(PfxBag bag)
    {
        var encoded = new EncodedBag(bag.Kind, bag.Value);
        foreach (var attribute in bag.Attributes)
        {
            var values = new AsnEncodedDataCollection();
            foreach (var value in attribute.Values)
                values.Add(new AsnEncodedData(attribute.Oid, value.ToArray()));
            encoded.Attributes.Add(new CryptographicAttributeObject(new Oid(attribute.Oid), values));
        }

        return encoded;
    }

    private sealed class EncodedBag(string kind, ReadOnlyMemory<byte> value) : Pkcs12SafeBag(kind, value, skipCopy: true);
}
