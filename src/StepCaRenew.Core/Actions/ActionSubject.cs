namespace StepCaRenew.Actions;

/// <summary>The renewal that an action follows, as programs are told of it.</summary>
/// <param name="Name">The certificate's short name.</param>
/// <param name="CertificatePath">The certificate file.</param>
/// <param name="KeyPath">The key file.</param>
/// <param name="OldSerialNumber">The serial number of the certificate that was replaced.</param>
/// <param name="SerialNumber">The serial number of the one that is there now.</param>
/// <param name="OldThumbprint">The old one's thumbprint; null in a later run, which knows its serial number alone.</param>
/// <param name="Thumbprint">The present one's thumbprint (SHA-1, as Windows shows it).</param>
/// <param name="NotAfter">The end of the present one's validity.</param>
internal sealed record ActionSubject(
    string Name, string CertificatePath, string KeyPath, string OldSerialNumber, string SerialNumber, string? OldThumbprint, string Thumbprint, DateTimeOffset NotAfter);
