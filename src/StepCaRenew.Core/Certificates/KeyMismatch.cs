using System.Globalization;

namespace StepCaRenew.Certificates;

/// <summary>The error that this project exists for: certificate and key on disk don't belong together.</summary>
internal static class KeyMismatch
{
    /// <summary>Says whose keys they are, when each file changed, and what to do.</summary>
    public static RenewalException Describe(CertificatePair pair)
    {
        var (certificate, key) = pair.LastWriteTimes;
        var (certificateId, keyId) = (PublicKeyId.Of(pair.Leaf), PublicKeyId.Of(pair.Key));
        var what = certificateId == keyId
            ? $"Both say that their public key is {keyId}, but the private key does not sign for it: the key file is damaged."
            : $"The certificate is for the public key {certificateId}, the key is {keyId}.";
        return new RenewalException(
            ErrorId.KeyMismatch,
            $"The certificate '{pair.Certificate.Path}' (written {Time(certificate)}) and the key '{pair.KeyPath}' (written {Time(key)}) don't belong together. {what} "
            + "Nothing was changed, and the CA was not asked.",
            $"Put the file back that was replaced, or issue a new pair: step ca certificate \"{CommonName.Of(pair.Leaf)}\" \"{pair.Certificate.Path}\" \"{pair.KeyPath}\" --force");
    }

    private static string Time(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
}
