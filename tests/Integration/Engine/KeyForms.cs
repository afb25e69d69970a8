using System.Security.Cryptography;
using System.Text;

namespace StepCaRenew.Integration.Engine;

/// <summary>A private key in each of the forms that files hold.</summary>
internal static class KeyForms
{
    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);

    public static byte[] Export(AsymmetricAlgorithm key, string form, string password)
    {
        ArgumentNullException.ThrowIfNull(key);
        return form switch
        {
            "PKCS#8" => Pem(key.ExportPkcs8PrivateKeyPem()),
            "PKCS#8 DER" => key.ExportPkcs8PrivateKey(),
            "encrypted PKCS#8" => Pem(key.ExportEncryptedPkcs8PrivateKeyPem(password, Encryption)),
            "encrypted PKCS#8 DER" => key.ExportEncryptedPkcs8PrivateKey(password, Encryption),
            "traditional" => Pem(PemEncoding.WriteString(Label(key), Traditional(key))),
            "traditional DER" => Traditional(key),
            "traditional encrypted" => Pem(EncryptedByPem(key, password)),
            "UTF-16" => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings("\r\n"))],
            _ => throw new ArgumentException(form, nameof(form)),
        };
    }

    private static byte[] Pem(string text) => Encoding.ASCII.GetBytes(text + "\n");

    private static string Label(AsymmetricAlgorithm key) => key is RSA ? "RSA PRIVATE KEY" : "EC PRIVATE KEY";

    private static byte[] Traditional(AsymmetricAlgorithm key) => key is RSA rsa ? rsa.ExportRSAPrivateKey() : ((ECDsa)key).ExportECPrivateKey();

    // As 'openssl rsa -aes256 -traditional' does it; the key derivation is OpenSSL's EVP_BytesToKey with MD5.
    private static string EncryptedByPem(AsymmetricAlgorithm key, string password)
    {
        var iv = RandomNumberGenerator.GetBytes(16);
        byte[] seed = [.. Encoding.UTF8.GetBytes(password), .. iv[..8]];
#pragma warning disable CA5351 // The format has no other.
        var first = MD5.HashData(seed);
        var second = MD5.HashData([.. first, .. seed]);
#pragma warning restore CA5351
        using var aes = Aes.Create();
        aes.Key = [.. first, .. second];
        var body = PemEncoding.WriteString(Label(key), aes.EncryptCbc(Traditional(key), iv));
        return body.Insert(body.IndexOf('\n', StringComparison.Ordinal) + 1, $"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,{Convert.ToHexString(iv)}\n\n");
    }
}
