using System.Formats.Asn1;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>A leaf certificate, its chain and its private key, read from one PFX file.</summary>
internal sealed class PfxFile : IDisposable
{
    private const string What = "PFX file";

    private readonly ChainLink leaf;
    private readonly IReadOnlyList<ChainLink> chain;
    private readonly IReadOnlyList<ChainLink> others;
    private IReadOnlyList<X509Certificate2>? decodedChain;
    private bool isKeyTaken;

    private PfxFile(InputFile file, PfxContent content, Pair pair, List<ChainLink> rest)
    {
        (File, Content, Key, KeyBag, leaf, LeafBag) = (file, content, pair.Key, pair.KeyBag, pair.Leaf.Link, pair.Leaf.Bag);
        Matches = pair.Matches;
        chain = ChainOrder.TakeIssuers(leaf, rest);
        others = rest;
    }

    /// <summary>The file as it was read.</summary>
    public InputFile File { get; }

    /// <summary>The path of the file as the user gave it.</summary>
    public string Path => File.Path;

    /// <summary>All entries, and the form in which the file holds them.</summary>
    public PfxContent Content { get; }

    /// <summary>The private key.</summary>
    public PrivateKey Key { get; }

    /// <summary>The entry of the private key.</summary>
    public PfxBag KeyBag { get; }

    /// <summary>The entry of the leaf.</summary>
    public PfxBag LeafBag { get; }

    /// <summary>The leaf, DER.</summary>
    public ReadOnlyMemory<byte> LeafDer => leaf.Der;

    /// <summary>The leaf, without a private key; decoded when it is first used.</summary>
    /// <exception cref="RenewalException">It cannot be decoded.</exception>
    public X509Certificate2 Leaf => leaf.Decode();

    /// <summary>The leaf's issuer, its issuer and so on; decoded when they are first used.</summary>
    /// <exception cref="RenewalException">A certificate cannot be decoded.</exception>
    public IReadOnlyList<X509Certificate2> Chain => decodedChain ??= [.. chain.Select(link => link.Decode())];

    /// <summary>The certificates of the chain, not decoded.</summary>
    public IReadOnlyList<ChainLink> ChainLinks => chain;

    /// <summary>Whether the certificate and the key match. A file with one certificate and one key that do not match can be read.</summary>
    public bool Matches { get; }

    /// <summary>The certificate with its chain and its key, which this file disposes.</summary>
    public KeyedCertificate Keyed => new(Leaf, () => Chain, Key, Path);

    /// <summary>Reads a PFX file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">Its password; null or empty if it has none.</param>
    /// <exception cref="RenewalException">The file cannot be read, is not supported, or the password does not open it.</exception>
    public static PfxFile Load(string path, KeyPassword? password) => Parse(InputFile.Read(path, What), password);

    /// <summary>Reads a PFX file that <paramref name="open"/> opens.</summary>
    /// <inheritdoc cref="Load(string, KeyPassword?)"/>
    internal static PfxFile Load(string path, KeyPassword? password, Func<string, SmallFile> open) => Parse(InputFile.Read(path, What, open), password);

    /// <summary>Reads a PFX file whose content was read.</summary>
    /// <exception cref="RenewalException">The file is damaged or not supported, holds no pair, or the password does not open it.</exception>
    public static PfxFile Parse(InputFile file, KeyPassword? password) => FromContent(file, PfxReader.Read(file, password), password);

    /// <summary>Finds the pair in a PFX file that was read.</summary>
    /// <inheritdoc cref="Parse"/>
    internal static PfxFile FromContent(InputFile file, PfxContent content, KeyPassword? password)
    {
        var certificates = Certificates(content, file.Path);
        if (certificates.Count == 0)
            throw PfxErrors.NoCertificate(file.Path);
        var keys = content.Bags.Where(bag => bag.IsKey).ToList();
        if (keys.Count == 0)
            throw PfxErrors.NoKey(file.Path);
        var pair = FindPair(certificates, keys, content, file.Path, password);
        return new PfxFile(file, content, pair, [.. certificates.Where(other => !other.Link.IsSame(pair.Leaf.Link)).Select(other => other.Link)]);
    }

    /// <summary>Disposes the file but for its key, which then belongs to the caller.</summary>
    public PrivateKey TakeKey()
    {
        isKeyTaken = true;
        Dispose();
        return Key;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!isKeyTaken)
            Key.Dispose();
        foreach (var link in chain.Concat(others).Append(leaf))
            link.Release();
        // A key that is not encrypted by itself was decrypted with its part.
        foreach (var bag in Content.Bags)
        {
            if (bag is { IsKey: true, IsShroudedKey: false })
                MemoryMarshal.AsMemory(bag.Value).Span.Clear();
        }
    }

    /// <summary>The certificates of a file in their order, each once.</summary>
    internal static List<(ChainLink Link, PfxBag Bag)> Certificates(PfxContent content, string path)
    {
        var links = new List<(ChainLink Link, PfxBag Bag)>();
        foreach (var bag in content.Bags)
        {
            if (bag.Certificate is not { } der || links.Exists(other => other.Link.Der.Span.SequenceEqual(der.Span)))
                continue;
            var number = links.Count + 1;
            links.Add((ChainLink.Create(der, one => Decode(one, number, path)), bag));
        }

        return links;
    }

    // The key decides which certificate is the leaf: a self-signed one can be a CA certificate.
    private static Pair FindPair(List<(ChainLink Link, PfxBag Bag)> certificates, List<PfxBag> keys, PfxContent content, string path, KeyPassword? password)
    {
        var (pairs, decoded) = (new List<Pair>(), new List<(PrivateKey Key, PfxBag Bag)>());
        RenewalException? unsupported = null;
        Pair? found = null;
        try
        {
            foreach (var bag in keys)
            {
                try
                {
                    decoded.Add((DecodeKey(bag, content, path, password), bag));
                }
                // Another key may be the one of the certificate.
                catch (RenewalException e) when (e.ErrorId == ErrorId.KeyUnsupported)
                {
                    unsupported = e;
                }
            }

            foreach (var (key, bag) in decoded)
            {
                var matching = certificates.FindAll(certificate => PairMatch.Matches(PublicKeyOf(certificate.Link).Span, key));
                pairs.AddRange(Narrow(matching, bag).Select(certificate => new Pair(key, bag, certificate, Matches: true)));
            }

            found = pairs.Count switch
            {
                1 => pairs[0],
                > 1 => throw PfxErrors.Ambiguous(path, [.. pairs.Select(pair => pair.Leaf.Link.Subject)]),
                _ => unsupported is null ? FindMismatch(certificates, decoded) ?? throw PfxErrors.Mismatch(path) : throw unsupported,
            };
            return found;
        }
        finally
        {
            foreach (var (key, _) in decoded.Where(one => one.Key != found?.Key))
                key.Dispose();
        }
    }

    // One key and one leaf that do not match are still a pair, which can be shown.
    private static Pair? FindMismatch(List<(ChainLink Link, PfxBag Bag)> certificates, List<(PrivateKey Key, PfxBag Bag)> keys)
    {
        var leaves = certificates.FindAll(certificate => !certificate.Link.IsAuthority);
        return keys.Count == 1 && leaves.Count == 1 ? new Pair(keys[0].Key, keys[0].Bag, leaves[0], Matches: false) : null;
    }

    // Several certificates for one key, such as an old and a new one: the local key id says which belongs to it.
    private static List<(ChainLink Link, PfxBag Bag)> Narrow(List<(ChainLink Link, PfxBag Bag)> matching, PfxBag key)
    {
        if (matching.Count == 1 || key.Find(PfxAttribute.LocalKeyIdOid) is not { } id)
            return matching;
        var named = matching.FindAll(certificate => certificate.Bag.Find(PfxAttribute.LocalKeyIdOid)?.IsSame(id) == true);
        return named.Count == 1 ? named : matching;
    }

    private static ReadOnlyMemory<byte> PublicKeyOf(ChainLink link) =>
        CertificateOutline.TryRead(link.Der)?.PublicKey ?? link.Decode().PublicKey.ExportSubjectPublicKeyInfo();

    private static PrivateKey DecodeKey(PfxBag bag, PfxContent content, string path, KeyPassword? password)
    {
        var plain = PfxReader.DecryptKey(bag, content.Password, path, password);
        try
        {
            return KeyDecoder.Decode(plain, KeyFormat.Pkcs8, path);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            throw PfxErrors.Damaged(path, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static X509Certificate2 Decode(ReadOnlyMemory<byte> der, int number, string path) =>
        CertificateFile.TryDecode(der, out var cause) ?? throw new RenewalException(
            ErrorId.CertificateInvalid, $"Certificate {number} in '{path}' cannot be decoded.", "Restore the file from a backup, or issue a new certificate.", cause);

    private sealed record Pair(PrivateKey Key, PfxBag KeyBag, (ChainLink Link, PfxBag Bag) Leaf, bool Matches);
}
