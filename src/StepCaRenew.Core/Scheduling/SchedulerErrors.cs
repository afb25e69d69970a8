using StepCaRenew.Safety;

namespace StepCaRenew.Scheduling;

/// <summary>The ways in which a scheduler says no.</summary>
internal static class SchedulerErrors
{
    public static RenewalException Failed(string message, string remedy, Exception? e = null) => new(ErrorId.SchedulerFailed, message, remedy, e);

    public static RenewalException Unavailable(string message, string remedy) => new(ErrorId.SchedulerUnavailable, message, remedy);

    /// <summary>A file of the schedule can't be written.</summary>
    public static RenewalException NotWritten(string path, Renewals.RenewalScope scope, Exception e) =>
        e is UnauthorizedAccessException && scope == Renewals.RenewalScope.Machine
            ? new(ErrorId.AdministratorRequired, $"'{path}' can't be written: {CurrentUser.Name} may not change what the machine runs.", "Run as root (sudo pwsh), or use -Scope CurrentUser.", e)
            : Failed($"'{path}' can't be written: {e.Message}", "What was there before still is. Check the folder and its volume.", e);

    /// <summary>A run by hand did not end well enough to have an exit code.</summary>
    public static RenewalException NotRun(string name, string reason) =>
        Failed($"The run of '{name}' by its scheduler: {reason}", "It would fail in the same way when it is due. Mend the cause, then try again with -RunNow.");
}
