using Microsoft.Extensions.Logging;

namespace StepCaRenew.Logging;

/// <summary>
/// Every event of a run with its stable id. Debug goes to PowerShell's verbose stream, Information and Warning to their own.
/// </summary>
internal static partial class RenewalLog
{
    [LoggerMessage(100, LogLevel.Debug, "Loaded '{CertificatePath}': {Subject}, serial {SerialNumber}, valid until {NotAfter:u}; {Algorithm} key from '{KeyPath}'.")]
    public static partial void Loaded(ILogger logger, string certificatePath, string subject, string serialNumber, DateTimeOffset notAfter, string algorithm, string keyPath);

    [LoggerMessage(101, LogLevel.Debug, "'{CertificatePath}' or its key is incomplete, or the two do not match; another process may be writing them. Reading them again.")]
    public static partial void DeploymentAwaited(ILogger logger, string certificatePath);

    [LoggerMessage(102, LogLevel.Debug, "Another run works on '{CertificatePath}' ({Holder}); waiting for it.")]
    public static partial void LockAwaited(ILogger logger, string certificatePath, string holder);

    [LoggerMessage(103, LogLevel.Debug, "No lock can be made beside '{CertificatePath}': the folder can't be written. Only looking, until a renewal is due.")]
    public static partial void NotLocked(ILogger logger, string certificatePath);

    [LoggerMessage(104, LogLevel.Warning, "An interrupted replacement of '{CertificatePath}' was {What}.")]
    public static partial void Recovered(ILogger logger, string certificatePath, string what);

    [LoggerMessage(105, LogLevel.Debug, "Deleted what an interrupted run had left: '{Path}'.")]
    public static partial void Swept(ILogger logger, string path);

    [LoggerMessage(106, LogLevel.Warning, "'{Path}', which an interrupted run had left, can't be deleted.")]
    public static partial void NotSwept(ILogger logger, string path);

    [LoggerMessage(110, LogLevel.Debug, "'{CertificatePath}' is not due before {RenewAfter:u}.")]
    public static partial void NotDue(ILogger logger, string certificatePath, DateTimeOffset renewAfter);

    [LoggerMessage(111, LogLevel.Debug, "'{CertificatePath}' is due since {RenewAfter:u}.")]
    public static partial void Due(ILogger logger, string certificatePath, DateTimeOffset renewAfter);

    [LoggerMessage(112, LogLevel.Debug, "'{CertificatePath}' is renewed because it was asked for; it would be due at {RenewAfter:u}.")]
    public static partial void Forced(ILogger logger, string certificatePath, DateTimeOffset renewAfter);

    [LoggerMessage(120, LogLevel.Debug, "Asking the CA at {Ca} by {Method}; trusted is the root in '{RootPath}'.")]
    public static partial void AskingCa(ILogger logger, string ca, string method, string rootPath);

    [LoggerMessage(121, LogLevel.Warning, "{Reason} Trying again in {Seconds:0.0} s.")]
    public static partial void Retrying(ILogger logger, string reason, double seconds);

    [LoggerMessage(122, LogLevel.Warning, "This machine's clock is {Difference} {Direction} the clock of the CA at {Ca}.")]
    public static partial void ClockDiffers(ILogger logger, string difference, string direction, string ca);

    [LoggerMessage(123, LogLevel.Debug, "{Reason} Asking the CA at {Ca} again, with the chain, by {Method}.")]
    public static partial void AskingAgain(ILogger logger, string ca, string reason, string method);

    [LoggerMessage(124, LogLevel.Information, "Showing the issuers {Issuers} to the CA at {Ca}; Windows adds them to this account's store of intermediate certificates.")]
    public static partial void IssuersShown(ILogger logger, string issuers, string ca);

    [LoggerMessage(130, LogLevel.Debug, "The CA's answer is good: serial {SerialNumber}, valid until {NotAfter:u}.")]
    public static partial void AnswerVerified(ILogger logger, string serialNumber, DateTimeOffset notAfter);

    [LoggerMessage(131, LogLevel.Warning, "The CA's certificate '{Issuer}' ends on {NotAfter:u}, before the certificate that it has just signed: from then on nobody trusts this certificate.")]
    public static partial void IssuerEndsEarlier(ILogger logger, string issuer, DateTime notAfter);

    [LoggerMessage(140, LogLevel.Warning, "Another process changed '{CertificatePath}' or its key during the renewal; starting again with the new files.")]
    public static partial void ChangedDuringRenewal(ILogger logger, string certificatePath);

    [LoggerMessage(141, LogLevel.Warning, "{Sentence} Make each of them a symbolic link to this file.")]
    public static partial void HardLinked(ILogger logger, string sentence);

    [LoggerMessage(142, LogLevel.Warning, "'{Path}' belonged to {Owner} and now belongs to {Account}, which does not have the privilege to give files away (SeRestorePrivilege). Its permissions are those of the old file.")]
    public static partial void OwnerNotKept(ILogger logger, string path, string owner, string account);

    [LoggerMessage(150, LogLevel.Information, "Renewed '{CertificatePath}': serial {SerialNumber}, valid until {NotAfter:u}.")]
    public static partial void Renewed(ILogger logger, string certificatePath, string serialNumber, DateTimeOffset notAfter);

    [LoggerMessage(190, LogLevel.Error, "Could not renew '{CertificatePath}' ({ErrorId}): {Reason}")]
    public static partial void Failed(ILogger logger, string certificatePath, string errorId, string reason);

    [LoggerMessage(191, LogLevel.Error, "The call was ended by an error ({ErrorId}): {Reason}")]
    public static partial void CallEnded(ILogger logger, string errorId, string reason);
}
