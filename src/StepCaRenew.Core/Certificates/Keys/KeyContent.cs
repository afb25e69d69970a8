using System.Security.Cryptography;
using StepCaRenew.Certificates.Pem;

namespace StepCaRenew.Certificates.Keys;

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
        return PemWriter.Write(blocks, model?.Document);
    }

    /// <summary>The PEM block of the key, for a file that also holds the certificate.</summary>
    public static string RenderBlock(PrivateKey key, KeyFile? model, KeyPassword? password)
    {
        var format = FormatFor(key, model, password);
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
