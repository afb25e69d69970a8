using System.Security.Cryptography;
using StepCaRenew.Certificates.Pem;

namespace StepCaRenew.Certificates.Keys;

/// <summary>Renders the new content of a key file in the format and encryption of the old one.</summary>
internal static class KeyContent
{
    // OpenSSL 3 uses 2,048, too few for a password that a person chose. 100,000 cost 30 ms per read.
    private const int Iterations = 100_000;

    /// <summary>The whole file, PEM or DER as before. Other blocks stay, except the parameters of the old curve.</summary>
    public static byte[] Render(KeyFile old, PrivateKey key, KeyPassword? password)
    {
        var der = Encode(key, FormatFor(key, old.Format), password);
        try
        {
            if (!old.Document.IsPem)
                return der.ToArray();
            var blocks = old.Document.Blocks.Where(block => block.Label != "EC PARAMETERS")
                .Select(block => block.IsPrivateKey ? Block(old, block, key, der, password) : block.Text);
            return TextFile.Encode(PemWriter.Join(blocks, old.Document.HasWindowsLineEnds));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    /// <summary>The PEM block of the key, for a file that also holds the certificate.</summary>
    public static string RenderBlock(KeyFile old, PrivateKey key, KeyPassword? password)
    {
        var der = Encode(key, FormatFor(key, old.Format), password);
        try
        {
            return Block(old, old.Document.Blocks.First(block => block.IsPrivateKey), key, der, password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static string Block(KeyFile old, PemBlock block, PrivateKey key, byte[] der, KeyPassword? password)
    {
        var label = KeyDecoder.LabelOf(FormatFor(key, old.Format));
        return old.IsLegacyEncrypted ? LegacyPemCipher.Encrypt(block, label, der, password!) : PemEncoding.WriteString(label, der);
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
    private static KeyFormat FormatFor(PrivateKey key, KeyFormat old) => (old, key.Handle) switch
    {
        (KeyFormat.Pkcs1, ECDsa) => KeyFormat.Sec1,
        (KeyFormat.Sec1, RSA) => KeyFormat.Pkcs1,
        _ => old,
    };
}
