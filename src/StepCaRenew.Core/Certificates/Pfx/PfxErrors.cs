using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>The errors of PFX files.</summary>
internal static class PfxErrors
{
    public static RenewalException Damaged(string path, Exception? cause = null) => new(
        ErrorId.CertificateInvalid, $"The PFX file '{path}' is damaged: its structure cannot be decoded.",
        "Restore it from a backup, or issue a new certificate.", cause);

    public static RenewalException Unsupported(string path, string found) => new(
        ErrorId.CertificateUnsupported, $"The PFX file '{path}' is not supported: {found}.",
        "Export certificate and key again, with a password and AES-256 or 3DES: openssl pkcs12 -export, keytool of Java 17, or Export-PfxCertificate.");

    /// <summary>No password of the candidates opens the file.</summary>
    public static RenewalException Closed(string path, KeyPassword? password, Exception? cause = null) => password is { Characters.Length: > 0 }
        ? new(
            ErrorId.KeyPasswordWrong, $"The password does not open the PFX file '{path}', or the file is damaged.",
            "Check -KeyPassword or -KeyPasswordFile; white space at the end of a password file is ignored.", cause)
        : new(
            ErrorId.KeyPasswordRequired, $"The PFX file '{path}' has a password, and none was given.",
            "Give -KeyPasswordFile (a file that only this user can read) or -KeyPassword.", cause);

    public static RenewalException Ambiguous(string path, IReadOnlyList<string> subjects) => new(
        ErrorId.CertificateAmbiguous, $"The PFX file '{path}' holds {subjects.Count} certificates with their private keys: {string.Join(", ", subjects)}.",
        "Keep one certificate with its key and chain in each PFX file.");

    public static RenewalException NoCertificate(string path) => new(
        ErrorId.CertificateInvalid, $"The PFX file '{path}' holds no certificate.", "Name a PFX file with a certificate and its private key.");

    public static RenewalException NoKey(string path) => new(
        ErrorId.KeyNotFound, $"The PFX file '{path}' holds no private key.", "Export the certificate again, together with its private key.");

    public static RenewalException Mismatch(string path) => new(
        ErrorId.KeyMismatch, $"No private key in the PFX file '{path}' matches a certificate in it.",
        "Restore the file from a backup, or issue a new certificate.");
}
