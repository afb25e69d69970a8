using System.Security.Cryptography;

namespace StepCaRenew.Certificates;

/// <summary>The new content of a key file, in the format and under the encryption of the old one.</summary>
internal static class KeyContent
{
    // What OpenSSL 3 takes is 2,048, what a password that people choose deserves is far more; this costs 30 ms a read.
    private const int Iterations = 100_000;

    /// <summary>The whole file: PEM or DER as before; other blocks (but the parameters of the old curve) stay.</summary>
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

    /// <summary>The key's own PEM block, for a file that holds the certificate as well.</summary>
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

    // PKCS#1 and SEC 1 are the same thing for two algorithms.
    private static KeyFormat FormatFor(PrivateKey key, KeyFormat old) => (old, key.Handle) switch
    {
        (KeyFormat.Pkcs1, ECDsa) => KeyFormat.Sec1,
        (KeyFormat.Sec1, RSA) => KeyFormat.Pkcs1,
        _ => old,
    };
}
