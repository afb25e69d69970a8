using System.Formats.Asn1;
using System.Security.Cryptography;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>
/// Reads PFX files (PKCS#12, RFC 7292). Files come from elsewhere: the algorithms and the iteration counts are checked before
/// anything is derived, and the structure is not followed in depth. .NET's Pkcs12Info does neither: it overflows the stack with
/// nested entries, and derives for as long as the file says.
/// </summary>
internal sealed class PfxReader
{
    private const string Data = "1.2.840.113549.1.7.1";
    private const string SignedData = "1.2.840.113549.1.7.2";
    private const string EnvelopedData = "1.2.840.113549.1.7.3";
    private const string EncryptedData = "1.2.840.113549.1.7.6";

    // Ten times what a keystore of a person holds.
    private const int MostEntries = 2000;
    private const int MostKeys = 100;

    private static readonly Asn1Tag Explicit = new(TagClass.ContextSpecific, 0);

    private readonly string path;
    private readonly KeyPassword? password;
    private readonly IterationLimit limit;

    private PfxReader(string path, KeyPassword? password) => (this.path, this.password, limit) = (path, password, new IterationLimit(path));

    /// <summary>Reads and decrypts a file; its keys stay encrypted.</summary>
    /// <exception cref="RenewalException">The file is damaged or not supported, or the password does not open it.</exception>
    public static PfxContent Read(InputFile file, KeyPassword? password)
    {
        try
        {
            return new PfxReader(file.Path, password).Read(file.Bytes);
        }
        catch (AsnContentException e)
        {
            throw PfxErrors.Damaged(file.Path, e);
        }
    }

    /// <summary>Decrypts a private key of a file, as PKCS#8. The caller wipes it.</summary>
    /// <exception cref="RenewalException">The password does not decrypt it.</exception>
    public static byte[] DecryptKey(PfxBag bag, PfxPassword opened, string path, KeyPassword? password)
    {
        if (bag.Cipher is not { } cipher)
            return bag.Value.ToArray();
        try
        {
            var info = new AsnReader(bag.Value, AsnEncodingRules.BER).ReadSequence();
            info.ReadSequence();
            return cipher.Decrypt(opened, info.ReadOctetString());
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            throw PfxErrors.Closed(path, password, e);
        }
    }

    private PfxContent Read(byte[] bytes)
    {
        var pfx = new AsnReader(bytes, AsnEncodingRules.BER).ReadSequence();
        if (!pfx.TryReadInt32(out var version) || version != 3)
            throw PfxErrors.Damaged(path);
        var authenticated = pfx.ReadSequence();
        var content = ReadData(authenticated.ReadObjectIdentifier(), authenticated);
        var mac = pfx.HasData ? PfxMac.Read(pfx.ReadSequence(), limit, path) : null;
        var parts = ReadParts(content);
        foreach (var candidate in PfxPassword.Candidates(password))
        {
            if (mac?.Verify(candidate, content) != false && TryOpen(parts, candidate) is { } safes)
                return new PfxContent(safes, mac, candidate);
        }

        throw PfxErrors.Closed(path, password);
    }

    private byte[] ReadData(string kind, AsnReader info) => kind switch
    {
        Data => info.ReadSequence(Explicit).ReadOctetString(),
        SignedData => throw PfxErrors.Unsupported(path, "it is signed with a key instead of protected with a password"),
        EnvelopedData => throw PfxErrors.Unsupported(path, "it is encrypted for a certificate instead of with a password"),
        _ => throw PfxErrors.Damaged(path),
    };

    private List<(PfxCipher? Cipher, byte[] Data)> ReadParts(byte[] content)
    {
        var parts = new List<(PfxCipher?, byte[])>();
        for (var reader = new AsnReader(content, AsnEncodingRules.BER).ReadSequence(); reader.HasData;)
        {
            var info = reader.ReadSequence();
            var kind = info.ReadObjectIdentifier();
            parts.Add(kind == EncryptedData ? ReadEncrypted(info.ReadSequence(Explicit).ReadSequence()) : (null, ReadData(kind, info)));
            RequireFewer(parts.Count);
        }

        return parts;
    }

    // RFC 5652 section 8.
    private (PfxCipher? Cipher, byte[] Data) ReadEncrypted(AsnReader encrypted)
    {
        encrypted.ReadInteger();
        var content = encrypted.ReadSequence();
        content.ReadObjectIdentifier();
        return (PfxCipher.Read(content.ReadSequence(), limit, path), content.HasData ? content.ReadOctetString(Explicit) : throw PfxErrors.Damaged(path));
    }

    // Null if the password is wrong. Without a MAC, one wrong password in 256 decrypts a part to something, which is not a sequence.
    private List<PfxSafe>? TryOpen(List<(PfxCipher? Cipher, byte[] Data)> parts, PfxPassword candidate)
    {
        var (safes, entries, keys) = (new List<PfxSafe>(parts.Count), 0, 0);
        foreach (var (cipher, data) in parts)
        {
            byte[] plain;
            try
            {
                plain = cipher?.Decrypt(candidate, data) ?? data;
                if (cipher is not null)
                    _ = new AsnReader(plain, AsnEncodingRules.BER).ReadSequence();
            }
            catch (Exception e) when (cipher is not null && e is CryptographicException or AsnContentException)
            {
                return null;
            }

            var bags = new List<PfxBag>();
            for (var reader = new AsnReader(plain, AsnEncodingRules.BER).ReadSequence(); reader.HasData;)
            {
                var bag = ReadBag(reader);
                bags.Add(bag);
                RequireFewer(++entries);
                if (bag.IsKey && ++keys > MostKeys)
                    throw PfxErrors.Unsupported(path, $"it holds more than {MostKeys} private keys");
            }

            safes.Add(new PfxSafe(cipher?.Parameters, bags));
        }

        return safes;
    }

    private PfxBag ReadBag(AsnReader reader)
    {
        var bag = PfxBag.Read(reader);
        if (bag.IsNested)
            throw PfxErrors.Unsupported(path, "its entries are nested");
        return bag.IsShroudedKey ? bag with { Cipher = PfxCipher.Read(new AsnReader(bag.Value, AsnEncodingRules.BER).ReadSequence().ReadSequence(), limit, path) } : bag;
    }

    private void RequireFewer(int count)
    {
        if (count > MostEntries)
            throw PfxErrors.Unsupported(path, $"it holds more than {MostEntries:N0} entries");
    }
}
