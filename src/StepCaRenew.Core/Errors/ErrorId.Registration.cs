namespace StepCaRenew;

public static partial class ErrorId
{
    // Registered renewals and their schedules
    /// <summary>The name cannot be used for a registered renewal or a step context.</summary>
    public const string NameInvalid = nameof(NameInvalid);
    /// <summary>No renewal is registered under the name.</summary>
    public const string NotRegistered = nameof(NotRegistered);
    /// <summary>The name is used by a renewal of another certificate.</summary>
    public const string NameTaken = nameof(NameTaken);
    /// <summary>A definition does not match its schema.</summary>
    public const string DefinitionInvalid = nameof(DefinitionInvalid);
    /// <summary>Other accounts can change what a run executes: a definition, a script, a program, the module.</summary>
    public const string InsecureDefinition = nameof(InsecureDefinition);
    /// <summary>Other accounts can change a folder that a run of the machine writes in.</summary>
    public const string InsecureFolder = nameof(InsecureFolder);
    /// <summary>The path of the module cannot be used in a schedule.</summary>
    public const string ModulePathInvalid = nameof(ModulePathInvalid);
    /// <summary>The pwsh that runs this is not suitable for a schedule.</summary>
    public const string PwshUnsuitable = nameof(PwshUnsuitable);
    /// <summary>The account of the run cannot start pwsh or cannot load the module.</summary>
    public const string ModuleNotLoaded = nameof(ModuleNotLoaded);
    /// <summary>The account of the run cannot write the log that -LogPath names.</summary>
    public const string LogNotWritable = nameof(LogNotWritable);
    /// <summary>A service is to be reloaded or restarted, but this machine does not run systemd.</summary>
    public const string SystemdNotRunning = nameof(SystemdNotRunning);
    /// <summary>A service that is to be reloaded or restarted does not exist.</summary>
    public const string ServiceNotFound = nameof(ServiceNotFound);
    /// <summary>Another registered renewal renews the same certificate.</summary>
    public const string CertificateRegistered = nameof(CertificateRegistered);
    /// <summary>A running <c>step ca renew --daemon</c> would overwrite the key that -Rekey creates.</summary>
    public const string DaemonRunning = nameof(DaemonRunning);
    /// <summary>No user can be asked for confirmation, and -Force was not given.</summary>
    public const string ConfirmationRequired = nameof(ConfirmationRequired);
    /// <summary>The interval is not supported by every scheduler, or too long for the certificate.</summary>
    public const string IntervalInvalid = nameof(IntervalInvalid);
    /// <summary>The lifetime of the certificate is too short for a scheduler.</summary>
    public const string LifetimeTooShort = nameof(LifetimeTooShort);
    /// <summary>The account does not exist, or cannot be used with this scheduler.</summary>
    public const string AccountInvalid = nameof(AccountInvalid);
    /// <summary>The renewal runs as another account, and this process cannot start a run as that account.</summary>
    public const string OtherAccount = nameof(OtherAccount);
    /// <summary>The process that runs the renewals of another account ended without a result.</summary>
    public const string AccountRunFailed = nameof(AccountRunFailed);
    /// <summary>This machine does not have the scheduler.</summary>
    public const string SchedulerUnavailable = nameof(SchedulerUnavailable);
    /// <summary>The scheduler refused the schedule, or failed.</summary>
    public const string SchedulerFailed = nameof(SchedulerFailed);
    /// <summary>The run that -RunNow started failed; the renewal is registered.</summary>
    public const string RunNowFailed = nameof(RunNowFailed);
    /// <summary>Only an administrator, or root, can do this.</summary>
    public const string AdministratorRequired = nameof(AdministratorRequired);
}
