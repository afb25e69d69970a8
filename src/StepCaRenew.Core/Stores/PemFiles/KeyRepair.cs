using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>The repair of a pair that does not match: a certificate with the names of the old one, for the key that is in place.</summary>
internal static class KeyRepair
{
    private const string InWords = "Request-StepCertificate with -UseExistingKey, and -San for each of the old certificate's names";

    /// <summary>The command.</summary>
    /// <returns>Null if the CA would refuse a name, or if a terminal would not show a value as it is.</returns>
    public static RepairCommand? TryCreate(CertificateFile certificate, KeyFile key)
    {
        var names = SubjectAlternativeNames.FromCertificate(certificate.Leaf);
        string[] sans = [.. names.DnsNames, .. names.IPAddresses, .. names.EmailAddresses, .. names.Uris];
        if (names.HasOthers || (CommonName.FromCertificate(certificate.Leaf) is { Length: > 0 } name ? name : sans.FirstOrDefault()) is not { } subject)
            return null;
        if (!sans.Append(subject).Append(certificate.Path).Append(key.Path).All(RepairCommand.IsVisible))
            return null;
        return new RepairCommand
        {
            Subject = subject,
            San = TextList.FromNames(sans.Distinct()),
            CertificatePath = certificate.Path,
            KeyPath = key.Path,
            UseExistingKey = !KeyMismatch.IsDamaged(certificate, key),
            KeyPasswordFile = key.Format == KeyFormat.EncryptedPkcs8 || key.IsLegacyEncrypted ? RepairCommand.UnknownPasswordFile : null,
        };
    }

    /// <summary>The remedy of <see cref="ErrorId.KeyMismatch"/>.</summary>
    /// <param name="command">The command; null to describe it in words.</param>
    public static string Remedy(RepairCommand? command) => $"Restore the file that was replaced, or request a certificate for the key: {command?.Text ?? $"{InWords}."}";

    /// <summary>The same error with a command that names the CA, so that it works in every shell and for every account.</summary>
    /// <param name="error">The error of a pair that does not match.</param>
    /// <param name="address">The URL of the CA.</param>
    /// <param name="root">Its root certificate file.</param>
    /// <param name="keyPasswordFile">The file with the password of the key; null if it is not known.</param>
    public static RenewalException ForCa(RenewalException error, string address, string root, string? keyPasswordFile)
    {
        if (error.Repair is null || !RepairCommand.IsVisible(root) || (keyPasswordFile is not null && !RepairCommand.IsVisible(keyPasswordFile)))
            return error;
        var command = error.Repair.For(address, root, keyPasswordFile);
        return new RenewalException(error.ErrorId, error.Message, Remedy(command), error.InnerException) { Repair = command };
    }
}
