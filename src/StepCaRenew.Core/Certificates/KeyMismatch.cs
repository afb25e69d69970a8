namespace StepCaRenew.Certificates;

/// <summary>The error that this project exists for: certificate and key on disk don't belong together.</summary>
public static class KeyMismatch
{
    /// <summary>Says whose keys they are, when each file changed, and what to do.</summary>
    /// <param name="certificate">The certificate file.</param>
    /// <param name="key">The key file.</param>
    public static RenewalException Describe(CertificateFile certificate, KeyFile key)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(key);
        return new RenewalException(
            ErrorId.KeyMismatch,
            $"The certificate '{certificate.Path}' (written {MessageTime.LocalWithOffset(certificate.Document.File.LastWriteTime)}) and the key '{key.Path}' (written {MessageTime.LocalWithOffset(key.Document.File.LastWriteTime)}) don't belong together. {Reason(certificate, key)}",
            $"Restore the file that was replaced, or issue a new pair{ReissueAdvice.For(certificate, key)}");
    }

    /// <summary>In a sentence, in what the two differ.</summary>
    /// <param name="certificate">The certificate file.</param>
    /// <param name="key">The key file.</param>
    public static string Reason(CertificateFile certificate, KeyFile key)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(key);
        var (certificateId, keyId) = (PublicKeyId.Compute(certificate.Leaf), PublicKeyId.Compute(key.Key));
        return certificateId == keyId
            ? $"Both name the public key {keyId}, but the private key does not sign for it: the key file is damaged."
            : $"The certificate is for the public key {certificateId}, the key is {keyId}.";
    }
}
