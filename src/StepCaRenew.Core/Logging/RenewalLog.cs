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

    [LoggerMessage(107, LogLevel.Debug, "The lock of the key '{Path}' cannot be used; a run on another certificate with this key does not wait: {Reason}")]
    public static partial void KeyNotLocked(ILogger logger, string path, string reason);

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

    [LoggerMessage(123, LogLevel.Debug, "{Reason} Asking the CA at {Ca} again by {Method}.")]
    public static partial void AskingAgain(ILogger logger, string ca, string reason, string method);

    [LoggerMessage(124, LogLevel.Information, "Sending the issuers {Issuers} to the CA at {Ca}; Windows adds them to this account's store of intermediate certificates.")]
    public static partial void IssuersShown(ILogger logger, string issuers, string ca);

    [LoggerMessage(125, LogLevel.Information, "The CA at {Ca} refuses tokens, so the rest of the call uses mTLS: {Reason}")]
    public static partial void NoMoreTokens(ILogger logger, string ca, string reason);

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

    [LoggerMessage(151, LogLevel.Information, "Issued '{CertificatePath}': serial {SerialNumber}, valid until {NotAfter:u}.")]
    public static partial void Issued(ILogger logger, string certificatePath, string serialNumber, DateTimeOffset notAfter);

    [LoggerMessage(190, LogLevel.Error, "Could not renew '{CertificatePath}' ({ErrorId}): {Reason}")]
    public static partial void Failed(ILogger logger, string certificatePath, string errorId, string reason);

    [LoggerMessage(193, LogLevel.Warning, "{Name}: the CA has a new root certificate, which is trusted now (-FollowRoots): {Fingerprints}.")]
    public static partial void RootsFollowed(ILogger logger, string name, string fingerprints);

    [LoggerMessage(194, LogLevel.Warning, "{Name}: the CA was not asked for new root certificates: {Reason} It is asked again after the next renewal, or in a day.")]
    public static partial void RootsNotFollowed(ILogger logger, string name, string reason);

    [LoggerMessage(191, LogLevel.Error, "The call failed ({ErrorId}): {Reason}")]
    public static partial void CallEnded(ILogger logger, string errorId, string reason);
}

/// <summary>The events of actions, with their stable ids. Output is cleaned before it is logged; arguments and addresses are never logged.</summary>
internal static partial class ActionLog
{
    [LoggerMessage(160, LogLevel.Debug, "Recorded {Count} pending follow-up(s) for '{CertificatePath}'.")]
    public static partial void Noted(ILogger logger, int count, string certificatePath);

    [LoggerMessage(161, LogLevel.Debug, "Running the {Action} for {Count} certificate(s).")]
    public static partial void Started(ILogger logger, string action, int count);

    [LoggerMessage(162, LogLevel.Information, "The {Action} succeeded in {Seconds:0.0} s.")]
    public static partial void Done(ILogger logger, string action, double seconds);

    [LoggerMessage(163, LogLevel.Debug, "The {Action} ended with exit code {ExitCode}. {Output}")]
    public static partial void Exited(ILogger logger, string action, int exitCode, string output);

    [LoggerMessage(164, LogLevel.Debug, "Output of the {Action}: {Output}")]
    public static partial void Output(ILogger logger, string action, string output);

    [LoggerMessage(165, LogLevel.Information, "The service '{Service}' does not exist or does not run; skipped.")]
    public static partial void PassedOver(ILogger logger, string service);

    [LoggerMessage(166, LogLevel.Error, "{Reason} The action stays pending ({ErrorId}).")]
    public static partial void Failed(ILogger logger, string errorId, string reason);

    [LoggerMessage(167, LogLevel.Warning, "The {Action} was ended because the run was cancelled; it stays pending.")]
    public static partial void Stopped(ILogger logger, string action);

    [LoggerMessage(168, LogLevel.Information, "'{CertificatePath}': {Count} action(s) of an earlier renewal are pending; this run runs them.")]
    public static partial void Retried(ILogger logger, int count, string certificatePath);

    [LoggerMessage(170, LogLevel.Warning, "The record of pending actions '{Path}' is damaged, or not a record; all actions are run.")]
    public static partial void PendingDamaged(ILogger logger, string path);

    [LoggerMessage(171, LogLevel.Warning, "The record of pending actions '{Path}' cannot be changed: {Reason}")]
    public static partial void PendingNotChanged(ILogger logger, string path, string reason);

    [LoggerMessage(172, LogLevel.Debug, "Reported {Outcome} to {Monitor}.")]
    public static partial void Pinged(ILogger logger, string monitor, string outcome);

    [LoggerMessage(173, LogLevel.Warning, "The result was not reported to {Monitor}: {Reason}.")]
    public static partial void NotPinged(ILogger logger, string monitor, string reason);

    [LoggerMessage(174, LogLevel.Warning, "The log '{Path}' cannot be written: {Reason} The renewal continues without it.")]
    public static partial void LogNotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(175, LogLevel.Information, "'{CertificatePath}': another run is running the actions; the pending ones are left to it.")]
    public static partial void LeftToAnother(ILogger logger, string certificatePath);

    [LoggerMessage(176, LogLevel.Warning, "The lock '{Path}' cannot be used; another run may run the same actions at the same time: {Reason}")]
    public static partial void NotLocked(ILogger logger, string path, string reason);

    [LoggerMessage(177, LogLevel.Information, "Started the service '{Service}', which an earlier run stopped.")]
    public static partial void ServiceStartedAgain(ILogger logger, string service);

    [LoggerMessage(178, LogLevel.Warning, "'{CertificatePath}': an action that is not among those of this run stopped a service, and was ended before the service ran again (pending since {Since:u}). Run the call with that action again, which starts the service; or start it yourself and delete '{Pending}'.")]
    public static partial void ServiceLeftStopped(ILogger logger, string certificatePath, DateTimeOffset since, string pending);

    [LoggerMessage(179, LogLevel.Debug, "The service '{Service}' is {State}; waiting until it runs or has ended.")]
    public static partial void ServiceAwaited(ILogger logger, string service, string state);

    [LoggerMessage(198, LogLevel.Information, "The server {Server} serves the certificate with the serial number {SerialNumber} ({Seconds:0.0} s).")]
    public static partial void Serves(ILogger logger, string server, string serialNumber, double seconds);

    [LoggerMessage(199, LogLevel.Error, "{Reason} The check stays pending ({ErrorId}).")]
    public static partial void NotServed(ILogger logger, string errorId, string reason);

    [LoggerMessage(192, LogLevel.Information, "'{CertificatePath}' was replaced by another program; the actions run for the new certificate.")]
    public static partial void ReplacedByOthers(ILogger logger, string certificatePath);
}

/// <summary>The events of publications, with their stable ids.</summary>
internal static partial class PublicationLog
{
    [LoggerMessage(195, LogLevel.Information, "Published '{CertificatePath}' to '{Path}'.")]
    public static partial void Published(ILogger logger, string certificatePath, string path);

    [LoggerMessage(196, LogLevel.Error, "{Reason} The publication stays pending ({ErrorId}).")]
    public static partial void Failed(ILogger logger, string errorId, string reason);

    [LoggerMessage(197, LogLevel.Warning, "'{Path}' gets a private key, and all users can read it: it keeps the permissions of the file that it replaces. To restrict it to its owner: chmod 600.")]
    public static partial void ReadableByAll(ILogger logger, string path);
}

/// <summary>The events of certificate stores, with their stable ids.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(147, LogLevel.Information, "The store '{Store}' still has {Count} certificates that the one of '{CertificatePath}' has replaced: {Thumbprints}. They stay until -RemoveOld.")]
    public static partial void Superseded(ILogger logger, string certificatePath, string store, int count, string thumbprints);

    [LoggerMessage(148, LogLevel.Information, "Removed the certificate {Thumbprint} from '{Store}', since a newer one has replaced it.")]
    public static partial void Removed(ILogger logger, string thumbprint, string store);

    [LoggerMessage(149, LogLevel.Warning, "The certificates in '{Store}' that the one of '{CertificatePath}' has replaced were not all removed: {Reason} The next renewal tries it again.")]
    public static partial void NotRemoved(ILogger logger, string certificatePath, string store, string reason);
}

/// <summary>The events of notifiers, with their stable ids. An address is never logged.</summary>
internal static partial class NotifierLog
{
    [LoggerMessage(155, LogLevel.Information, "Reported the {Event} of {Name} ({ErrorId}) by the {Action}.")]
    public static partial void Reported(ILogger logger, string @event, string errorId, string name, string action);

    [LoggerMessage(156, LogLevel.Error, "{Reason} ({ErrorId})")]
    public static partial void Failed(ILogger logger, string errorId, string reason);

    [LoggerMessage(157, LogLevel.Warning, "'{Path}' cannot be {What}, so that failures that were reported before are reported again: {Reason}")]
    public static partial void RecordNotUsed(ILogger logger, string path, string what, string reason);
}

/// <summary>The events of metrics, with their stable ids.</summary>
internal static partial class MetricLog
{
    [LoggerMessage(152, LogLevel.Debug, "Wrote the metrics '{Path}'.")]
    public static partial void Written(ILogger logger, string path);

    [LoggerMessage(153, LogLevel.Error, "{Reason} ({ErrorId})")]
    public static partial void NotWritten(ILogger logger, string errorId, string reason);
}

/// <summary>The events of registered renewals and their schedules, with their stable ids.</summary>
internal static partial class TaskLog
{
    [LoggerMessage(180, LogLevel.Warning, "The state '{Path}' cannot be read: {Reason}. Only the history is lost.")]
    public static partial void StateNotRead(ILogger logger, string path, string reason);

    [LoggerMessage(181, LogLevel.Warning, "The state '{Path}' cannot be written: {Reason}")]
    public static partial void StateNotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(182, LogLevel.Error, "'{Name}' was not run ({ErrorId}): {Reason}")]
    public static partial void Refused(ILogger logger, string name, string errorId, string reason);

    [LoggerMessage(183, LogLevel.Information, "Registered '{Name}' with {Scheduler}: {Schedule}.")]
    public static partial void Registered(ILogger logger, string name, string scheduler, string? schedule);

    [LoggerMessage(184, LogLevel.Information, "Unregistered '{Name}'.")]
    public static partial void Unregistered(ILogger logger, string name);

    [LoggerMessage(185, LogLevel.Warning, "{Finding}")]
    public static partial void Foreign(ILogger logger, string finding);

    [LoggerMessage(186, LogLevel.Warning, "{Warning}")]
    public static partial void Warned(ILogger logger, string warning);

    [LoggerMessage(187, LogLevel.Information, "{Name} is not due. Tested the CA's address and root, the programs and the permissions of the account.")]
    public static partial void Tested(ILogger logger, string name);

    [LoggerMessage(188, LogLevel.Warning, "{Name} was skipped: {Reason} {Remedy}")]
    public static partial void Skipped(ILogger logger, string name, string reason, string remedy);

    /// <summary>An event of a process that runs renewals as another account.</summary>
    [LoggerMessage(EventId = 189, Message = "{Message}")]
    public static partial void OfOtherAccount(ILogger logger, LogLevel level, string message);
}
