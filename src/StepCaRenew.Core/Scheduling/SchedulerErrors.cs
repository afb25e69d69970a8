using StepCaRenew.Accounts;

namespace StepCaRenew.Scheduling;

/// <summary>The errors of all schedulers.</summary>
internal static class SchedulerErrors
{
    public static RenewalException Failed(string message, string remedy, Exception? e = null) => new(ErrorId.SchedulerFailed, message, remedy, e);

    public static RenewalException Unavailable(string message, string remedy) => new(ErrorId.SchedulerUnavailable, message, remedy);

    /// <summary>A file of the schedule cannot be written.</summary>
    public static RenewalException NotWritten(string path, RenewalScope scope, Exception e) =>
        e is UnauthorizedAccessException && scope == RenewalScope.Machine
            ? new(ErrorId.AdministratorRequired, $"'{path}' cannot be written: {CurrentUser.Name} does not have permission to change schedules of the machine.", "Run as root (sudo pwsh), or use -Scope CurrentUser.", e)
            : Failed($"'{path}' cannot be written: {e.Message}", "The schedule is unchanged. Check the folder and its volume.", e);

    /// <summary>A run that -RunNow started ended without an exit code.</summary>
    public static RenewalException NotRun(string name, string reason) =>
        Failed($"{name}: the run that its scheduler started failed: {reason}", "A run on schedule would fail in the same way. Fix the cause, then try again with -RunNow.");
}
