namespace StepCaRenew.FollowUps.Actions;

/// <summary>The renewal that an action follows, as its environment variables describe it.</summary>
/// <remarks>Thumbprints are SHA-1, as Windows shows them. A later run does not know the old one: only the serial number is recorded.</remarks>
internal sealed record ActionSubject(
    string Name, string CertificatePath, string KeyPath, string OldSerialNumber, string SerialNumber, string? OldThumbprint, string Thumbprint, DateTimeOffset NotAfter);
