using Microsoft.Extensions.Logging;

namespace StepCaRenew.Logging;

/// <summary>
/// The events of a run, with their stable ids. Debug events are shown in PowerShell's verbose stream.
/// </summary>
internal static partial class RenewalLog
{
    [LoggerMessage(100, LogLevel.Debug, "Loaded '{CertificatePath}': {Subject}, serial {SerialNumber}, valid until {NotAfter:u}; {Algorithm} key from '{KeyPath}'.")]
    public static partial void Loaded(ILogger logger, string certificatePath, string subject, string serialNumber, DateTimeOffset notAfter, string algorithm, string keyPath);

    [LoggerMessage(101, LogLevel.Debug, "Reading '{CertificatePath}' and its key again: they are incomplete or do not match, so another process may be writing them.")]
    public static partial void DeploymentAwaited(ILogger logger, string certificatePath);

    [LoggerMessage(102, LogLevel.Debug, "Waiting for another run that works on '{CertificatePath}' ({Holder}).")]
    public static partial void LockAwaited(ILogger logger, string certificatePath, string holder);

    [LoggerMessage(103, LogLevel.Debug, "Checking '{CertificatePath}' without a lock: its folder cannot be written, which is needed only when a renewal is due.")]
    public static partial void NotLocked(ILogger logger, string certificatePath);

    [LoggerMessage(104, LogLevel.Warning, "An interrupted replacement of '{CertificatePath}' was {What}.")]
    public static partial void Recovered(ILogger logger, string certificatePath, string what);

    [LoggerMessage(105, LogLevel.Debug, "Deleted '{Path}', which an interrupted run had left.")]
    public static partial void Swept(ILogger logger, string path);

    [LoggerMessage(106, LogLevel.Warning, "Cannot delete '{Path}', which an interrupted run had left.")]
    public static partial void NotSwept(ILogger logger, string path);

    [LoggerMessage(110, LogLevel.Debug, "'{CertificatePath}' is not due before {RenewAfter:u}.")]
    public static partial void NotDue(ILogger logger, string certificatePath, DateTimeOffset renewAfter);

    [LoggerMessage(111, LogLevel.Debug, "'{CertificatePath}' is due since {RenewAfter:u}.")]
    public static partial void Due(ILogger logger, string certificatePath, DateTimeOffset renewAfter);

    [LoggerMessage(112, LogLevel.Debug, "'{CertificatePath}' is renewed because of -Force; it would be due at {RenewAfter:u}.")]
    public static partial void Forced(ILogger logger, string certificatePath, DateTimeOffset renewAfter);

    [LoggerMessage(120, LogLevel.Debug, "Asking the CA at {Ca} for a certificate by {Method}; its root is '{RootPath}'.")]
    public static partial void AskingCa(ILogger logger, string ca, string method, string rootPath);

    [LoggerMessage(121, LogLevel.Warning, "{Reason} Retrying in {Seconds:0.0} s.")]
    public static partial void Retrying(ILogger logger, string reason, double seconds);

    [LoggerMessage(122, LogLevel.Warning, "This machine's clock is {Difference} {Direction} the clock of the CA at {Ca}.")]
    public static partial void ClockDiffers(ILogger logger, string difference, string direction, string ca);

    [LoggerMessage(123, LogLevel.Debug, "{Reason} Asking the CA at {Ca} again by {Method}, with the chain.")]
    public static partial void AskingAgain(ILogger logger, string ca, string reason, string method);

    [LoggerMessage(124, LogLevel.Information, "Sending the issuers {Issuers} to the CA at {Ca}; Windows adds them to this account's store of intermediate certificates.")]
    public static partial void IssuersShown(ILogger logger, string issuers, string ca);

    [LoggerMessage(130, LogLevel.Debug, "Verified the new certificate: serial {SerialNumber}, valid until {NotAfter:u}.")]
    public static partial void AnswerVerified(ILogger logger, string serialNumber, DateTimeOffset notAfter);

    [LoggerMessage(131, LogLevel.Warning, "The new certificate will not be trusted after {NotAfter:u}: its issuer '{Issuer}' expires then, before the certificate itself.")]
    public static partial void IssuerEndsEarlier(ILogger logger, string issuer, DateTime notAfter);

    [LoggerMessage(140, LogLevel.Warning, "Starting again with the new files: another process changed '{CertificatePath}' or its key during the renewal.")]
    public static partial void ChangedDuringRenewal(ILogger logger, string certificatePath);

    [LoggerMessage(141, LogLevel.Warning, "{Sentence} Make each of them a symbolic link to this file.")]
    public static partial void HardLinked(ILogger logger, string sentence);

    [LoggerMessage(142, LogLevel.Warning, "'{Path}' belonged to {Owner} and now belongs to {Account}, which does not have the privilege to set another owner (SeRestorePrivilege). Its permissions are those of the old file.")]
    public static partial void OwnerNotKept(ILogger logger, string path, string owner, string account);

    [LoggerMessage(150, LogLevel.Information, "Renewed '{CertificatePath}': serial {SerialNumber}, valid until {NotAfter:u}.")]
    public static partial void Renewed(ILogger logger, string certificatePath, string serialNumber, DateTimeOffset notAfter);

    [LoggerMessage(190, LogLevel.Error, "Could not renew '{CertificatePath}' ({ErrorId}): {Reason}")]
    public static partial void Failed(ILogger logger, string certificatePath, string errorId, string reason);

    [LoggerMessage(191, LogLevel.Error, "The call failed ({ErrorId}): {Reason}")]
    public static partial void CallEnded(ILogger logger, string errorId, string reason);
}
