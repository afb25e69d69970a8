using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>The pair that a user or a definition names.</summary>
/// <param name="CertificatePath">The full path of the certificate file.</param>
/// <param name="KeyPath">The full path of the key file; null for the one next to the certificate.</param>
internal sealed record PairLocation(string CertificatePath, string? KeyPath)
{
    /// <summary>The password of the key; null if it has none.</summary>
    public KeyPassword? KeyPassword { get; init; }

    /// <summary>The folder of the record of pending actions; null for the folder of the certificate.</summary>
    public string? RecordFolder { get; init; }
}
