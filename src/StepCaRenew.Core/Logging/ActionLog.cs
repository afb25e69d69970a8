using Microsoft.Extensions.Logging;

namespace StepCaRenew.Logging;

/// <summary>The events of actions, with their stable ids. No argument, output or address reaches them uncleaned.</summary>
internal static partial class ActionLog
{
    [LoggerMessage(160, LogLevel.Debug, "Noted, before the replacement, what is to follow it: {Count} action(s) for '{CertificatePath}'.")]
    public static partial void Noted(ILogger logger, int count, string certificatePath);

    [LoggerMessage(161, LogLevel.Debug, "{Action}, after {Count} certificate(s).")]
    public static partial void Started(ILogger logger, string action, int count);

    [LoggerMessage(162, LogLevel.Information, "{Action}: done in {Seconds:0.0} s.")]
    public static partial void Done(ILogger logger, string action, double seconds);

    [LoggerMessage(163, LogLevel.Debug, "{Action} ended with exit code {ExitCode}. {Output}")]
    public static partial void Exited(ILogger logger, string action, int exitCode, string output);

    [LoggerMessage(164, LogLevel.Debug, "{Action} put out: {Output}")]
    public static partial void Output(ILogger logger, string action, string output);

    [LoggerMessage(165, LogLevel.Information, "The service '{Service}' is unknown or does not run; passed over.")]
    public static partial void PassedOver(ILogger logger, string service);

    [LoggerMessage(166, LogLevel.Error, "An action failed and stays pending ({ErrorId}): {Reason}")]
    public static partial void Failed(ILogger logger, string errorId, string reason);

    [LoggerMessage(167, LogLevel.Warning, "{Action} was ended because the run was cancelled; it stays pending.")]
    public static partial void Stopped(ILogger logger, string action);

    [LoggerMessage(168, LogLevel.Information, "{Count} action(s) of an earlier renewal of '{CertificatePath}' are still pending; they follow this run.")]
    public static partial void Retried(ILogger logger, int count, string certificatePath);

    [LoggerMessage(169, LogLevel.Warning, "Action {Index} of an earlier renewal of '{CertificatePath}', pending since {Since:u}, is none of this call's actions, and is dropped.")]
    public static partial void PendingDropped(ILogger logger, string certificatePath, int index, DateTimeOffset since);

    [LoggerMessage(170, LogLevel.Warning, "The record of pending actions '{Path}' is damaged or not of this module, and is dropped: an action after the last renewal may not have been run.")]
    public static partial void PendingDamaged(ILogger logger, string path);

    [LoggerMessage(171, LogLevel.Warning, "The record of pending actions '{Path}' can't be changed: {Reason}")]
    public static partial void PendingNotChanged(ILogger logger, string path, string reason);

    [LoggerMessage(172, LogLevel.Debug, "Told {Monitor} of the {Outcome}.")]
    public static partial void Pinged(ILogger logger, string monitor, string outcome);

    [LoggerMessage(173, LogLevel.Warning, "The health check at {Monitor} can't be told how the run ended: {Reason}.")]
    public static partial void NotPinged(ILogger logger, string monitor, string reason);

    [LoggerMessage(174, LogLevel.Warning, "The log '{Path}' can't be written: {Reason} The renewal goes on without it.")]
    public static partial void LogNotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(175, LogLevel.Information, "Another run is at the actions that follow the renewals of '{CertificatePath}'; what is pending is left to it.")]
    public static partial void LeftToAnother(ILogger logger, string certificatePath);

    [LoggerMessage(176, LogLevel.Warning, "Without the lock '{Path}' another run may do the same actions at the same time: {Reason}")]
    public static partial void NotLocked(ILogger logger, string path, string reason);

    [LoggerMessage(177, LogLevel.Information, "Started the service '{Service}', which an earlier run had stopped.")]
    public static partial void ServiceStartedAgain(ILogger logger, string service);

    [LoggerMessage(178, LogLevel.Warning, "Action {Index} of an earlier renewal of '{CertificatePath}', pending since {Since:u}, stopped a service and was ended before the service ran again. It is not among this call's actions. Run the call with that action again, which starts the service; or start it yourself and delete '{Pending}'.")]
    public static partial void ServiceLeftStopped(ILogger logger, string certificatePath, int index, DateTimeOffset since, string pending);

    [LoggerMessage(179, LogLevel.Debug, "The service '{Service}' is {State}; waiting until it runs or has ended.")]
    public static partial void ServiceAwaited(ILogger logger, string service, string state);
}
