using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.DevCa.Pki;

/// <summary>Certificates and keys as PEM files.</summary>
public static class PemFiles
{
    /// <summary>Writes certificates one after the other, leaf first.</summary>
    public static void WriteCertificates(string path, params IEnumerable<X509Certificate2> certificates) =>
        File.WriteAllText(path, string.Concat(certificates.Select(Pem)));

    /// <summary>Writes a key as PKCS#8 in a file that only its owner can read.</summary>
    public static void WriteKey(string path, AsymmetricAlgorithm key)
    {
        ArgumentNullException.ThrowIfNull(key);
        WriteSecret(path, key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Writes text to a file that only its owner can read, from the first byte on.</summary>
    public static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }

    /// <summary>One certificate as PEM with a line end, as Go's encoder writes it.</summary>
    public static string Pem(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.ExportCertificatePem() + "\n";
    }
}
