using System.Globalization;
using System.Runtime.InteropServices;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>Turns the codes of Task Scheduler, COM and Windows into errors with a remedy.</summary>
internal static class TaskErrors
{
    /// <summary>The file or the task does not exist.</summary>
    public const int FileNotFound = unchecked((int)0x80070002);

    /// <summary>The folder does not exist.</summary>
    public const int PathNotFound = unchecked((int)0x80070003);

    /// <summary>The folder exists already.</summary>
    public const int AlreadyExists = unchecked((int)0x800700B7);

    /// <summary>The method is not implemented, as in Wine.</summary>
    public const int NotImplemented = unchecked((int)0x80004001);

    private const int SomeTriggersFailed = 0x0004131B;
    private const int BatchLogonProblem = 0x0004131C;

    /// <summary>Whether an exception means that the task or its folder does not exist.</summary>
    public static bool IsMissing(Exception exception) => exception.HResult is FileNotFound or PathNotFound;

    /// <summary>Whether a success code means that the task was registered but will not run: a right is missing or a trigger failed.</summary>
    public static bool IsHalfDone(int code) => code is SomeTriggersFailed or BatchLogonProblem;

    /// <summary>The error for an exception of the task store.</summary>
    /// <param name="what">The start of the message: "The task '\StepCaRenew\web' cannot be registered".</param>
    public static RenewalException ToError(Exception exception, string what) => ToError(exception.HResult, what, exception);

    /// <summary>The error for a code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="what">The start of the message.</param>
    /// <param name="inner">The exception with the code, if there is one.</param>
    public static RenewalException ToError(int code, string what, Exception? inner = null)
    {
        var (id, why, remedy) = Meaning(unchecked((uint)code));
        return new RenewalException(id, string.Create(CultureInfo.InvariantCulture, $"{what}: {why} (0x{code:X8})."), remedy, inner);
    }

    private static (string Id, string Why, string Remedy) Meaning(uint code) => code switch
    {
        0x80070005 => (ErrorId.AdministratorRequired, "access is denied", "Run in an elevated PowerShell, or register for yourself: -Scope CurrentUser."),
        0x80070002 or 0x80070003 => (ErrorId.NotRegistered, "the task does not exist, or was deleted in the meantime", "Register the renewal again with Register-StepRenewalTask."),

        0x8007052E => (ErrorId.AccountInvalid, "the user name or the password is wrong", "Check -Credential."),
        0x80070533 or 0x80070701 or 0x80070775 => (ErrorId.AccountInvalid, "the account is disabled, has expired or is locked", "Unlock or enable the account, or use another."),
        0x80070532 or 0x80070773 => (ErrorId.AccountInvalid, "the account's password has expired or must be changed", "Change the password, and give the new one in -Credential."),
        0x8007052F => (ErrorId.AccountInvalid, "the account has restrictions, such as none without a password", "Check the account's restrictions, or use another."),
        0x80070534 or 0x80070525 or 0x80070539 => (ErrorId.AccountInvalid, "there is no such account", @"Write the account as DOMAIN\user, or DOMAIN\account$ for a group managed service account."),
        0x80070569 or 0x0004131C => (ErrorId.AccountInvalid, "the account does not have the right to log on as a batch job", "Give the account the right 'Log on as a batch job', in the local security policy or by a group policy."),
        0x8004130F or 0x80041310 or 0x80041314 => (ErrorId.AccountInvalid, "the account of the task cannot be used", "Register the renewal again, with -Credential."),

        0x80041311 or 0x80041312 => (ErrorId.SchedulerFailed, "the data of the scheduler are damaged", "See Microsoft's advice on repairing Task Scheduler's database."),
        0x8004130C or 0x80040154 or 0x8007041D or 0x80070422 or 0x80070424 => (ErrorId.SchedulerUnavailable, "Task Scheduler is not installed or is disabled", "Enable the service 'Schedule'."),
        0x80041315 or 0x80041322 or 0x800706B5 or 0x800706BA or 0x800706D9 or 0x80070426 => (ErrorId.SchedulerUnavailable, "the service of Task Scheduler does not answer", "Start the service 'Schedule'."),

        0x80041313 or 0x80041316 or 0x80041317 or 0x80041318 or 0x80041319 or 0x8004131A or 0x8004131D =>
            (ErrorId.SchedulerFailed, "the scheduler does not accept the task's XML", "This is a defect; report it with the output of -AsText."),
        0x0004131B => (ErrorId.SchedulerFailed, "some triggers of the task do not work", "Get-StepRenewalTask shows how the task differs from what it should be."),
        0x00041306 => (ErrorId.SchedulerFailed, "the run was stopped, by hand or at its time limit", "See the log of the renewal for what took long."),
        0x80004001 => (ErrorId.SchedulerFailed, "the scheduler of this machine does not support this", "Use the Task Scheduler of Windows."),
        0x8004131F => (ErrorId.SchedulerFailed, "an instance of the task is running already", "Wait until it has ended."),
        0x80041309 or 0x8004130A or 0x8004130B or 0x8004130D or 0x8004130E or 0x8004131E or 0x80041324 or 0x80041326 or 0x80041327 or 0x80041328 =>
            (ErrorId.SchedulerFailed, "the task cannot be started with its settings", "Get-StepRenewalTask shows how the task differs from what it should be; register the renewal again to correct the task."),
        0x80041320 => (ErrorId.SchedulerFailed, "the user of the task is not logged on", "A schedule of a user runs while that user is logged on; a schedule of the machine always runs (-Scope Machine)."),
        0x80041321 => (ErrorId.SchedulerFailed, "the scheduler finds the task damaged or tampered with", "Find out what changed the task, and register the renewal again."),
        0x80041323 => (ErrorId.SchedulerFailed, "the scheduler is busy", "Try again later."),
        0x8007010B or 0x8007007B or 0x80070057 => (ErrorId.SchedulerFailed, "the scheduler does not accept a name or a path of the task", "Check the renewal's name and the path of pwsh."),
        _ => (ErrorId.SchedulerFailed, Platform(code), "See the log 'Microsoft-Windows-TaskScheduler/Operational' in the event viewer."),
    };

    private static string Platform(uint code) => (code >> 16) == 0x8007
        ? Marshal.GetPInvokeErrorMessage((int)(code & 0xFFFF)).TrimEnd('.', ' ')
        : "the scheduler failed";
}
