using System.Management.Automation;
using StepCaRenew.Accounts;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Inspection;
using StepCaRenew.Monitoring;
using StepCaRenew.Registration;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Cmdlets;

/// <summary>Register-StepRenewalTask: registers a renewal with the scheduler of the operating system.</summary>
[Cmdlet(VerbsLifecycle.Register, "StepRenewalTask", SupportsShouldProcess = true, DefaultParameterSetName = UserSet, HelpUri = HelpPages.Folder + "Register-StepRenewalTask.md")]
[OutputType(typeof(RenewalTask))]
[OutputType(typeof(RegistrationPlan))]
[OutputType(typeof(string))]
public sealed class RegisterStepRenewalTaskCommand : RenewalParameterCmdlet
{
    private const string UserSet = "UserId";
    private const string CredentialSet = "Credential";
    private const string ManagedSet = "GroupManagedServiceAccount";

    /// <summary>The renewal's name.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>The certificate file; or a folder or a pattern, for all certificates in it.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string CertificatePath { get; set; } = string.Empty;

    /// <summary>The key file, if it is not next to the certificate.</summary>
    [Parameter(Position = 2)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? KeyPath { get; set; }

    /// <summary>Search subfolders too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>With -Recurse, search folders that are links too.</summary>
    [Parameter]
    public SwitchParameter FollowSymlink { get; set; }

    /// <summary>Names of files and subfolders to leave out; wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Exclude { get; set; } = [];

    /// <summary>The interval of the schedule; by default it follows from the lifetime of the certificate.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(IntervalCompleter))]
    public string? Interval { get; set; }

    /// <summary>Register for the machine, or for the current user.</summary>
    [Parameter]
    [ValidateSet(nameof(RenewalScope.Machine), nameof(RenewalScope.CurrentUser))]
    public string Scope { get; set; } = nameof(RenewalScope.Machine);

    /// <summary>A Windows user with the password that Task Scheduler stores.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CredentialSet)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The user that the schedule of the machine runs as, instead of SYSTEM or root.</summary>
    [Parameter(ParameterSetName = UserSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public string? UserId { get; set; }

    /// <summary>A group managed service account of Windows, DOMAIN\account$.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ManagedSet)]
    [ValidateNotNullOrEmpty]
    public string? GroupManagedServiceAccount { get; set; }

    /// <summary>Trust new root certificates of the CA, if it serves them over a connection that a trusted root verified.</summary>
    [Parameter]
    public SwitchParameter FollowRoots { get; set; }

    /// <summary>The scheduler; Auto is the machine's usual one.</summary>
    [Parameter]
    [ValidateSet(SchedulerFinder.Auto, SchedulerKind.TaskScheduler, SchedulerKind.Systemd, SchedulerKind.Cron)]
    public string Scheduler { get; set; } = SchedulerFinder.Auto;

    /// <summary>Run the registered task once, as its own account, and report how it ended.</summary>
    [Parameter]
    public SwitchParameter RunNow { get; set; }

    /// <summary>Show what would be registered with the scheduler, as text, on any system; nothing is changed.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <summary>Say in the result what would be registered or changed, and do nothing.</summary>
    [Parameter]
    public SwitchParameter Plan { get; set; }

    /// <summary>Register even if the CA cannot be reached, and replace a renewal of another certificate.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Terminating(() =>
    {
        if (Plan && AsText)
            throw Conflict("-Plan and -AsText were both given.", "Give -Plan for what would be changed, or -AsText for the schedule as text.");
        var request = ReadRequest();
        if (Plan)
        {
            WritePlan(request);
            return;
        }

        var services = new TaskServices(this, Pump);
        if (AsText)
        {
            var (schedule, definition) = services.Registrar.Render(request);
            // The schedule names only the renewal; the definition says what the run does.
            WriteVerbose($"The definition: {definition}");
            WriteObject(schedule);
            return;
        }

        var registrar = services.Registrar;
        var registration = Pump.Run(stopping => registrar.CheckAsync(request, stopping));
        if (!ShouldProcess($"{registration.Definition.Name} ({registration.Definition.Place})", registration.Summary))
            return;
        var isChanged = Pump.Run(stopping => registrar.RegisterAsync(registration, stopping));
        var (exitCode, knewItsOrder) = RunNow ? Pump.Run(stopping => Registrar.RunNowAsync(registration, Force, stopping)) : default;
        var task = Pump.Run(stopping => services.ReaderFor(registration.Store).ReadAsync(registration.Store, registration.Definition.Name, isChanged, exitCode, stopping));
        WriteObject(Shown.For(task));
        if (exitCode is { } code and not RunExitCode.Success)
            WriteError(ErrorRecords.From(TaskServices.RunFailed(task, code), task.Name));
        else if (RunNow && !knewItsOrder)
            WriteWarning($"{task.Name}: -RunNow may have had no effect: another run was in progress, or the run as {task.RunAs} cannot read its state folder. Try again, or see the log: '{task.LogPath}'.");
        else if (RunNow && task.LastStatus == RenewalStatus.NotDue)
            Say($"{task.Name} is not due, so nothing was renewed. The run as {task.RunAs} tested the URL and the root of the CA, the programs and its permissions without finding a problem. To renew now: -RunNow -Force.");
    });

    // Not ShouldProcess: with -WhatIf it writes to the standard output.
    private void WritePlan(RegistrationRequest request)
    {
        var events = new PlanEvents(new PipelineEvents(this, Pump, new EndingLevels(this)));
        var registrar = new TaskServices(this, Pump, events).Registrar;
        var (plan, problems) = Pump.Run(stopping => registrar.PlanAsync(request, RunNow, stopping));
        WriteObject(Shown.For(plan with { Warnings = events.For(null) }));
        // The first can end the call: -ErrorAction Stop.
        foreach (var problem in problems)
            WriteError(ErrorRecords.From(problem, plan.Name));
    }

    // Like Write-Host: shown, but not part of the output.
    private void Say(string text) => WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]);

    private RenewalDefinition ReadDefinition()
    {
        var path = FullPath(CertificatePath);
        var definition = new RenewalDefinition(ReadSettings())
        {
            Name = Name,
            KeyPath = KeyPath is null ? null : FullPath(KeyPath),
            FollowRoots = FollowRoots,
            Interval = Interval is null ? null : ScheduleInterval.Parse(Interval),
            Scheduler = SchedulerKind.All.FirstOrDefault(kind => kind.Equals(Scheduler, StringComparison.OrdinalIgnoreCase)),
        };
        // A file can have brackets in its name; completion writes a backtick before them.
        if (File.Exists(path) || (!Directory.Exists(path) && !PathPattern.HasWildcards(path)))
        {
            if (Recurse || FollowSymlink || Exclude.Length > 0)
                throw Conflict($"-{(Exclude.Length > 0 ? nameof(Exclude) : Recurse ? nameof(Recurse) : nameof(FollowSymlink))} was given for '{path}', which is not a folder.", "Name a folder or a pattern, or leave it out.");
            return definition with { CertificatePath = File.Exists(path) ? path : PathPattern.ToLiteral(path) };
        }

        return ForSeveral(definition, Directory.Exists(path) ? PathPattern.FromLiteral(path) : path);
    }

    private RenewalDefinition ForSeveral(RenewalDefinition definition, string pattern)
    {
        if (definition.KeyPath is not null)
            throw new RenewalException(
                ErrorId.KeyPathForSeveral, $"One -KeyPath was given for all certificates of '{CertificatePath}'.", "Name one certificate with its key, or leave out -KeyPath if the keys are next to their certificates.");
        if (definition.Publications is [var publication, ..])
            throw new RenewalException(
                ErrorId.PublicationForSeveral, $"One {publication.Parameter} was given for all certificates of '{CertificatePath}', which would overwrite each other in it.",
                $"Register the certificates that need {publication.Parameter} one by one, and leave them out here (-Exclude).");
        return definition with { Certificates = new CertificateSet { Path = pattern, Exclude = Exclude, Recurse = Recurse, FollowSymlink = FollowSymlink } };
    }

    private RegistrationRequest ReadRequest() => new()
    {
        Definition = ReadDefinition(),
        Scope = Enum.Parse<RenewalScope>(Scope, ignoreCase: true),
        Account = ReadAccount(),
        HealthCheckUri = HealthCheckUri is null ? null : HealthCheck.ParseAddress(HealthCheckUri),
        Module = TaskServices.ModuleOf(SessionState),
        IsForced = Force,
    };

    private TaskAccount ReadAccount()
    {
        var isMachine = Scope.Equals(nameof(RenewalScope.Machine), StringComparison.OrdinalIgnoreCase);
        if (!isMachine && (UserId ?? GroupManagedServiceAccount ?? Credential?.UserName) is not null)
            throw Conflict("-Scope CurrentUser was given with an account, but such a renewal runs as the current user.", "Leave out the account, or register for the machine: -Scope Machine.");
        return Credential is not null ? new TaskAccount.User(Credential.UserName, Credential.Password)
            : GroupManagedServiceAccount is not null ? new TaskAccount.ManagedServiceAccount(GroupManagedServiceAccount)
            : UserId is not null ? new TaskAccount.User(UserId)
            : isMachine ? TaskAccount.OfMachine
            : AccountName.ThisUser();
    }
}
