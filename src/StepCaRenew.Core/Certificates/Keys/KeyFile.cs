using System.Security.Cryptography;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.Certificates.Pfx;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Certificates.Keys;

/// <summary>A private key, read from a file.</summary>
internal sealed class KeyFile : IDisposable
{
    private const string What = "key file";

    private KeyFile(PemDocument document, PrivateKey key, KeyFormat format, bool isLegacyEncrypted)
    {
        Document = document;
        Key = key;
        Format = format;
        IsLegacyEncrypted = isLegacyEncrypted;
    }

    /// <summary>The path of the file as the user gave it.</summary>
    public string Path => Document.File.Path;

    /// <summary>The file as it was read.</summary>
    public PemDocument Document { get; }

    /// <summary>The key.</summary>
    public PrivateKey Key { get; }

    /// <summary>The format of the key in the file.</summary>
    public KeyFormat Format { get; }

    /// <summary>Whether the PEM block itself is encrypted, as OpenSSL did before PKCS#8.</summary>
    public bool IsLegacyEncrypted { get; }

    /// <summary>Reads a private key, PEM or DER.</summary>
    /// <param name="path">The key file, or a file that holds certificate and key together.</param>
    /// <param name="password">Its password; ignored if the key is not encrypted.</param>
    /// <exception cref="RenewalException">The file cannot be read, holds no key, or one that is not supported.</exception>
    public static KeyFile Load(string path, KeyPassword? password = null) => Parse(InputFile.Read(path, What), password);

    /// <summary>Reads a key file that <paramref name="open"/> opens.</summary>
    /// <inheritdoc cref="Load(string, KeyPassword?)"/>
    internal static KeyFile Load(string path, KeyPassword? password, Func<string, SmallFile> open) => Parse(InputFile.Read(path, What, open), password);

    /// <summary>Decodes the private key of a file that was read.</summary>
    /// <exception cref="RenewalException">The file holds no key, or one that is not supported.</exception>
    internal static KeyFile Parse(InputFile file, KeyPassword? password)
    {
        var (path, document) = (file.Path, PemDocument.Parse(file, What, ErrorId.KeyInvalid));
        try
        {
            return document.IsPem ? FromPem(document, password) : FromDer(document, password);
        }
        catch (Exception e) when (e is CryptographicException or System.Formats.Asn1.AsnContentException)
        {
            throw new RenewalException(
                ErrorId.KeyInvalid, $"The private key in '{path}' cannot be decoded; the file holds {document.DescribeContent()}.",
                "Restore the key from a backup, or issue a new certificate with a new key.", e);
        }
    }

    /// <summary>The key of a PFX file that was read; it belongs to that.</summary>
    internal static KeyFile FromPfx(PfxFile pfx, PemDocument document) =>
        new(document, pfx.Key, pfx.KeyBag.IsShroudedKey ? KeyFormat.EncryptedPkcs8 : KeyFormat.Pkcs8, isLegacyEncrypted: false);

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();

    private static KeyFile FromPem(PemDocument document, KeyPassword? password)
    {
        // An EC PARAMETERS block may precede the key (openssl ecparam -genkey writes one).
        var keys = document.Blocks.Where(block => block.IsPrivateKey).ToList();
        if (keys.Count != 1)
            throw new RenewalException(
                ErrorId.KeyInvalid,
                $"The {What} '{document.File.Path}' holds {(keys.Count == 0 ? "no private key, but " : "several private keys: ")}{document.DescribeContent()}.",
                "Name the file that holds the one private key.");

        var block = keys[0];
        if (KeyDecoder.FormatOf(block.Label) is not { } format)
            throw KeyDecoder.Unsupported($"'{block.Label}'", document.File.Path);
        var data = block.IsLegacyEncrypted ? LegacyPemCipher.Decrypt(block, RequirePassword(password, document), document.File.Path) : block.Data;
        try
        {
            return new KeyFile(document, Decode(data, format, document, password), format, block.IsLegacyEncrypted);
        }
        // With a wrong password, one in 256 decryptions has valid padding, and the key in it is garbage.
        catch (Exception e) when (block.IsLegacyEncrypted && e is CryptographicException or System.Formats.Asn1.AsnContentException)
        {
            throw KeyDecoder.WrongPassword(document.File.Path, e);
        }
        finally
        {
            if (block.IsLegacyEncrypted)
                CryptographicOperations.ZeroMemory(data);
        }
    }

    private static KeyFile FromDer(PemDocument document, KeyPassword? password)
    {
        if (Pkcs12Shape.Matches(document.File.Bytes))
            throw new RenewalException(
                ErrorId.KeyUnsupported, $"The {What} '{document.File.Path}' is a PFX file, which holds a certificate with its key.",
                "Name it as the certificate, and leave out -KeyPath; or name a key file that is PEM or DER.");
        var format = KeyDecoder.FormatOfDer(document.File.Bytes)
            ?? throw new CryptographicException("The structure is not PKCS#8, PKCS#1 or SEC 1.");
        return new KeyFile(document, Decode(document.File.Bytes, format, document, password), format, isLegacyEncrypted: false);
    }

    private static PrivateKey Decode(byte[] data, KeyFormat format, PemDocument document, KeyPassword? password) =>
        format == KeyFormat.EncryptedPkcs8
            ? KeyDecoder.DecodeEncrypted(data, () => RequirePassword(password, document), document.File.Path)
            : KeyDecoder.Decode(data, format, document.File.Path);

    private static KeyPassword RequirePassword(KeyPassword? password, PemDocument document) => password
        ?? throw new RenewalException(
            ErrorId.KeyPasswordRequired, $"The private key in '{document.File.Path}' is encrypted, and no password was given.",
            "Give -KeyPasswordFile (a file that only this user can read) or -KeyPassword.");
}

/// <summary>Renders the content of a key file: in the format and encryption of a model file, or PKCS#8 PEM without one.</summary>
internal static class KeyContent
{
    // OpenSSL 3 uses 2,048, too few for a password that a person chose. 100,000 cost 30 ms per read.
    private const int Iterations = 100_000;

    /// <summary>The whole file, PEM or DER like the model. Other blocks of the model stay, except the parameters of the old curve.</summary>
    /// <param name="key">The new key.</param>
    /// <param name="model">The file to imitate; null for none.</param>
    /// <param name="password">The password, if the model is encrypted, or if there is none and the key is to be encrypted.</param>
    public static byte[] Render(PrivateKey key, KeyFile? model, KeyPassword? password)
    {
        if (model is { Document.IsPem: false })
            return Encode(key, FormatFor(key, model, password), password);
        var rendered = RenderBlock(key, model, password);
        var blocks = model is null ? [rendered]
            : model.Document.Blocks.Where(block => block.Label != "EC PARAMETERS").Select(block => block.IsPrivateKey ? rendered : block.Text);
        return PemDocument.Write(blocks, model?.Document);
    }

    /// <summary>The PEM block of the key, for a file that also holds the certificate.</summary>
    public static string RenderBlock(PrivateKey key, KeyFile? model, KeyPassword? password) => RenderBlock(key, FormatFor(key, model, password), model, password);

    /// <summary>The PEM block of the key, not encrypted, in a format for its algorithm.</summary>
    public static string RenderBlock(PrivateKey key, KeyFormat format) => RenderBlock(key, format, model: null, password: null);

    private static string RenderBlock(PrivateKey key, KeyFormat format, KeyFile? model, KeyPassword? password)
    {
        var der = Encode(key, format, password);
        try
        {
            var label = KeyDecoder.LabelOf(format);
            return model is { IsLegacyEncrypted: true }
                ? LegacyPemCipher.Encrypt(model.Document.Blocks.First(block => block.IsPrivateKey), label, der, password!)
                : PemEncoding.WriteString(label, der);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static byte[] Encode(PrivateKey key, KeyFormat format, KeyPassword? password) => format switch
    {
        KeyFormat.EncryptedPkcs8 => key.Handle.ExportEncryptedPkcs8PrivateKey(
            password!.Characters, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations)),
        KeyFormat.Pkcs1 => ((RSA)key.Handle).ExportRSAPrivateKey(),
        KeyFormat.Sec1 => ((ECDsa)key.Handle).ExportECPrivateKey(),
        _ => key.Handle.ExportPkcs8PrivateKey(),
    };

    // PKCS#1 is for RSA what SEC 1 is for EC.
    private static KeyFormat FormatFor(PrivateKey key, KeyFile? model, KeyPassword? password) => (model?.Format, key.Handle) switch
    {
        (null, _) => password is null ? KeyFormat.Pkcs8 : KeyFormat.EncryptedPkcs8,
        (KeyFormat.Pkcs1, ECDsa) => KeyFormat.Sec1,
        (KeyFormat.Sec1, RSA) => KeyFormat.Pkcs1,
        ({ } format, _) => format,
    };
}
