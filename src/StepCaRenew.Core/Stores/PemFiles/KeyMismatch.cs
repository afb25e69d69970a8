using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Text;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>The error this project exists to prevent: the certificate and the key on disk do not match.</summary>
internal static class KeyMismatch
{
    /// <summary>The error: when each file was written, how the keys differ, and what to do.</summary>
    public static RenewalException Describe(CertificateFile certificate, KeyFile key)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(key);
        var repair = KeyRepair.TryCreate(certificate, key);
        return new RenewalException(
            ErrorId.KeyMismatch,
            $"The certificate '{certificate.Path}' (written {MessageTime.LocalWithOffset(certificate.Document.File.LastWriteTime)}) and the key '{key.Path}' (written {MessageTime.LocalWithOffset(key.Document.File.LastWriteTime)}) do not match. {Reason(certificate, key)}",
            KeyRepair.Remedy(repair)) { Repair = repair };
    }

    /// <summary>How the two differ, in one sentence.</summary>
    public static string Reason(CertificateFile certificate, KeyFile key)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(key);
        return IsDamaged(certificate, key)
            ? $"Both contain the public key {PublicKeyId.Compute(key.Key)}, but signatures of the private key do not verify with it: the key file is damaged."
            : $"The certificate has the public key {PublicKeyId.Compute(certificate.Leaf)}, the key file has {PublicKeyId.Compute(key.Key)}.";
    }

    /// <summary>Whether the public keys of a pair that does not match are equal: then the private key in the key file is another one.</summary>
    public static bool IsDamaged(CertificateFile certificate, KeyFile key) => PublicKeyId.Compute(certificate.Leaf) == PublicKeyId.Compute(key.Key);
}
