using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pfx;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.Files;

namespace StepCaRenew.Stores.PfxFiles;

/// <summary>A PFX file, which holds certificate and key.</summary>
/// <param name="password">Its password; null if it has none.</param>
internal sealed class PfxPairForm(KeyPassword? password) : IPairForm
{
    /// <inheritdoc/>
    // A file is whole by itself: a certificate in one never belongs to a key in another.
    public bool Match(InputFile certificate, InputFile key)
    {
        if (certificate.Path != key.Path)
            return false;
        using var pfx = PfxFile.Parse(certificate, password);
        return pfx.Matches;
    }

    /// <inheritdoc/>
    public string ReadCertificate(InputFile file)
    {
        using var pfx = PfxFile.Parse(file, password);
        return pfx.Leaf.SerialNumber;
    }

    /// <inheritdoc/>
    public void ReadKey(InputFile file) => PfxFile.Parse(file, password).Dispose();
}
