using Microsoft.Extensions.Logging;

namespace StepCaRenew.Logging;

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
