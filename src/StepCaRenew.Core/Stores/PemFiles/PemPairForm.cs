using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.Files;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>PEM or DER files.</summary>
/// <param name="password">The password of the key; null if it has none.</param>
internal sealed class PemPairForm(KeyPassword? password) : IPairForm
{
    /// <inheritdoc/>
    public bool Match(InputFile certificate, InputFile key)
    {
        using var certificateFile = CertificateFile.Parse(certificate);
        using var keyFile = KeyFile.Parse(key, password);
        return PairMatch.Matches(certificateFile.Leaf, keyFile.Key);
    }

    /// <inheritdoc/>
    public string ReadCertificate(InputFile file)
    {
        using var certificate = CertificateFile.Parse(file);
        return certificate.Leaf.SerialNumber;
    }

    /// <inheritdoc/>
    public void ReadKey(InputFile file) => KeyFile.Parse(file, password).Dispose();
}
