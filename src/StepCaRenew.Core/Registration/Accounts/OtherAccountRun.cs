using System.Diagnostics;
using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.Processes;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration.Accounts;

/// <summary>Runs all renewals of an account in one process of that account: its user, group, groups and nothing of root's environment.</summary>
internal static class OtherAccountRun
{
    // pwsh waits for the end of its input after an error of a script.
    private const string Script = "$run = [StepCaRenew.Cmdlets.AccountRun]::new(); $input | ForEach-Object { $run.Read($_) }; exit $run.Finish() } catch { [Console]::Error.WriteLine($_); [Environment]::Exit(1) }";

    // setpriv starts a program with root's rights to execute it; only then the account's rights count.
    private static readonly string[] AsAccount = ["/bin/sh", "-c", "umask 022; exec \"$0\" \"$@\""];

    /// <summary>Runs renewals of another account.</summary>
    /// <param name="renewals">The renewals, all of one account and one place.</param>
    /// <param name="outcomes">Reads the lines of the process.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends the process, when its files are whole.</param>
    /// <exception cref="RenewalException">They cannot run as the account (<see cref="ErrorId.OtherAccount"/>: the message is the reason alone), or the process failed.</exception>
    public static async Task RunAsync(IReadOnlyList<OtherRenewal> renewals, RegisteredRunOptions options, OtherOutcomes outcomes, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            throw Impossible(
                OperatingSystem.IsWindows() ? "Windows starts no process as another account without its password" : "only on Linux a process of root can start one as another account",
                RunAccount.Other(renewals[0].Definition, "").Remedy);
        if (!Environment.IsPrivilegedProcess)
            throw Impossible($"this process runs as '{AccountName.Current}'", "Run Invoke-StepRenewal as root, or as that user.");
        var user = UserOf(renewals[0]);
        if (SetPrivileges.Find() is not { } become)
            throw Impossible("setsid and setpriv (util-linux) are not installed", "Install util-linux, or run Invoke-StepRenewal as that user.");
        // As the schedules have it: the launcher of a .NET tool, whose own pwsh only root can execute.
        var pwsh = options.Module.PwshPath is { } path ? PwshPath.Lasting(path)
            : throw Impossible("another program hosts PowerShell here, and there is no pwsh next to it", "Run Invoke-StepRenewal from pwsh.");
        RenewalSafety.RequireSafeModule(options.Module);
        var manifest = Path.Combine(options.Module.Folder, "StepCaRenew.psd1");
        using var process = AccountProcess.Start(Command(become, user, pwsh, manifest), user.Name);
        await process.ServeAsync(OrderOf(renewals, options, outcomes) with { PwshPath = pwsh }, outcomes, clock, cancellationToken).ConfigureAwait(false);
        if (outcomes.HasEnded)
            return;
        await RequireReadableAsync(new AccountAccess(new TaskAccount.User(user.Name), clock), pwsh, manifest, cancellationToken).ConfigureAwait(false);
        throw OtherOutcomes.Failed(user.Name, $"ended with exit code {process.ExitCode} before it reported the outcome. {process.LastWords}".Trim().TrimEnd('.'));
    }

    /// <summary>The variables of the process: those of the account, and of root the language and the time zone.</summary>
    internal static Dictionary<string, string> Variables(LinuxUser user, Func<string, string?> environment)
    {
        var variables = new Dictionary<string, string>
        {
            ["HOME"] = user.Home is { Length: > 0 } home ? home : "/",
            ["USER"] = user.Name,
            ["LOGNAME"] = user.Name,
            ["SHELL"] = "/bin/sh",
            ["PATH"] = ProgramFinder.SystemPath,
            ["TERM"] = "dumb",
            ["NO_COLOR"] = "1",
            // As ScheduledRun.Variables has them.
            ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
            ["POWERSHELL_UPDATECHECK"] = "Off",
        };
        foreach (var name in Inherited)
        {
            if (environment(name) is { Length: > 0 } value)
                variables[name] = value;
        }

        return variables;
    }

    // The definitions are where root found them.
    private static readonly string[] Inherited =
    [
        RenewalFolders.HomeVariable, "TZ", "LANG", "LANGUAGE", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME",
    ];

    [SupportedOSPlatform("linux")]
    private static LinuxUser UserOf(OtherRenewal other)
    {
        try
        {
            return LinuxAccount.RequireUser(RunAccount.FromDefinition(other.Definition));
        }
        catch (RenewalException e)
        {
            throw Impossible("there is no such user on this machine", "Create the user, or register the renewal for another one: Register-StepRenewalTask -UserId.", e);
        }
    }

    private static ProcessStartInfo Command(SetPrivileges become, LinuxUser user, string pwsh, string manifest)
    {
        var script = $"try {{ $ErrorActionPreference = 'Stop'; Import-Module {RunCommand.Quote(manifest)}; {Script}";
        string[] command = [.. become.As(user), .. AsAccount, pwsh, "-NoProfile", "-NonInteractive", "-NoLogo", "-InputFormat", "Text", "-OutputFormat", "Text", "-Command", script];
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = "/" };
        start.Environment.Clear();
        foreach (var (name, value) in Variables(user, Environment.GetEnvironmentVariable))
            start.Environment[name] = value;
        return start;
    }

    private static AccountOrder OrderOf(IReadOnlyList<OtherRenewal> renewals, RegisteredRunOptions options, OtherOutcomes outcomes) => new()
    {
        Names = [.. renewals.Select(other => other.Definition.Name)],
        Scope = renewals[0].Store.Folders.Scope,
        ShowsDebug = outcomes.ShowsDebug,
        IsBatch = options.IsBatch,
        ThrottleLimit = options.ThrottleLimit,
        IsForced = options.IsForced,
        IsScheduled = options.IsScheduled,
        IsWhatIf = options.IsWhatIf,
        LockTimeout = options.LockTimeout,
        RetryTimeout = options.RetryTimeout,
        ActionTimeout = options.ActionTimeout,
    };

    [SupportedOSPlatform("linux")]
    private static async Task RequireReadableAsync(AccountAccess access, string pwsh, string manifest, CancellationToken cancellationToken)
    {
        const string remedy = "Install PowerShell by a package of the system and the module in /usr/local/share/powershell/Modules, and run Invoke-StepRenewal from there.";
        if (!await access.CanExecuteAsync(pwsh, cancellationToken).ConfigureAwait(false))
            throw Impossible($"that user cannot execute '{pwsh}'", remedy);
        if (!await access.CanReadAsync(manifest, cancellationToken).ConfigureAwait(false))
            throw Impossible($"that user cannot read the module '{manifest}'", remedy);
    }

    // The message is the reason alone: each renewal gets an error of its own.
    private static RenewalException Impossible(string reason, string remedy, Exception? e = null) => new(ErrorId.OtherAccount, reason, remedy, e);
}
