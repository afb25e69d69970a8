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
        return new RenewalException(
            ErrorId.KeyMismatch,
            $"The certificate '{certificate.Path}' (written {MessageTime.LocalWithOffset(certificate.Document.File.LastWriteTime)}) and the key '{key.Path}' (written {MessageTime.LocalWithOffset(key.Document.File.LastWriteTime)}) do not match. {Reason(certificate, key)}",
            $"Restore the file that was replaced, or issue a new pair{ReissueAdvice.For(certificate, key)}");
    }

    /// <summary>How the two differ, in one sentence.</summary>
    public static string Reason(CertificateFile certificate, KeyFile key)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(key);
        var (certificateId, keyId) = (PublicKeyId.Compute(certificate.Leaf), PublicKeyId.Compute(key.Key));
        return certificateId == keyId
            ? $"Both contain the public key {keyId}, but signatures of the private key do not verify with it: the key file is damaged."
            : $"The certificate has the public key {certificateId}, the key file has {keyId}.";
    }
}
