using Microsoft.Extensions.Logging;

namespace StepCaRenew.Logging;

/// <summary>The events of actions, with their stable ids. Output is cleaned before it is logged; arguments and addresses are never logged.</summary>
internal static partial class ActionLog
{
    [LoggerMessage(160, LogLevel.Debug, "Recorded {Count} pending action(s) for '{CertificatePath}'.")]
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

    [LoggerMessage(192, LogLevel.Information, "'{CertificatePath}' was replaced by another program; the actions run for the new certificate.")]
    public static partial void ReplacedByOthers(ILogger logger, string certificatePath);
}
