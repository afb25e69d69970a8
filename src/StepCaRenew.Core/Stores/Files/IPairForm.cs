using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.Files;

/// <summary>The form of the files of a pair: how a certificate and a key are read from them.</summary>
internal interface IPairForm
{
    /// <summary>Whether the certificate in one file and the key in another, or in the same, match.</summary>
    /// <exception cref="RenewalException">One of them cannot be read.</exception>
    bool Match(InputFile certificate, InputFile key);

    /// <summary>Reads a certificate.</summary>
    /// <returns>Its serial number.</returns>
    /// <exception cref="RenewalException">It cannot be read.</exception>
    string ReadCertificate(InputFile file);

    /// <summary>Reads a key.</summary>
    /// <exception cref="RenewalException">It cannot be read.</exception>
    void ReadKey(InputFile file);
}
