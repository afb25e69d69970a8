using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Logging;
using StepCaRenew.Processes;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Cron;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.Text;

namespace StepCaRenew.Registration;

/// <summary>Checks that the account of a run can read the pair, and can write its folders, the log and the metrics. On Windows only -RunNow checks that.</summary>
internal sealed class AccountRights(TimeProvider clock)
{
    /// <exception cref="RenewalException">The account cannot (<see cref="ErrorId.AccessDenied"/>, <see cref="ErrorId.FolderNotWritable"/>, <see cref="ErrorId.LogNotWritable"/>).</exception>
    public async Task RequireAsync(PlannedRegistration registration, CancellationToken cancellationToken)
    {
        var (definition, account) = (registration.Definition, registration.Run.Account);
        MetricRights.RequireFolder(definition);
        if (OperatingSystem.IsWindows())
            return;
        var access = new AccountAccess(account, clock);
        if (definition.Certificates is null)
            await RequirePairAsync(definition, account, cancellationToken).ConfigureAwait(false);
        else if (!await access.CanReadAsync(definition.Certificates.Folder, cancellationToken).ConfigureAwait(false))
            throw NotReadable(account, definition.Certificates.Folder);
        foreach (var path in definition.OnFailure.Select(notifier => (notifier.Action as WebhookAction)?.UriFile).OfType<string>().Where(path => !registration.NotifierUris.ContainsKey(path)))
        {
            if (!await access.CanReadAsync(path, cancellationToken).ConfigureAwait(false))
                throw NotReadable(account, path);
        }

        await LogRights.RequireWritableAsync(definition, access, account, cancellationToken).ConfigureAwait(false);
        await MetricRights.RequireWritableAsync(definition, access, account, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The rights to one pair, its password files and its publications.</summary>
    /// <inheritdoc cref="RequireAsync"/>
    public async Task RequirePairAsync(RenewalDefinition definition, TaskAccount account, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            return;
        var access = new AccountAccess(account, clock);
        var passwords = definition.Publications.Select(publication => publication.PasswordFile);
        foreach (var path in passwords.Prepend(definition.KeyPasswordFile).Prepend(definition.KeyPath).Prepend(definition.CertificatePath).OfType<string>())
        {
            if (!await access.CanReadAsync(path, cancellationToken).ConfigureAwait(false))
                throw NotReadable(account, path);
        }

        foreach (var path in new[] { definition.CertificatePath, definition.Rekey ? definition.KeyPath : null }.OfType<string>())
        {
            await RequireOwnerCanBeKeptAsync(account, path, cancellationToken).ConfigureAwait(false);
            var folder = Path.GetDirectoryName(TargetPath.Follow(path))!;
            if (!await access.CanWriteAsync(folder, cancellationToken).ConfigureAwait(false))
                throw NotWritable(account.Display, folder);
        }

        foreach (var target in definition.Publications.Select(publication => publication.FilePath).OfType<string>().Select(TargetPath.Follow))
        {
            if (File.Exists(target))
                await RequireOwnerCanBeKeptAsync(account, target, cancellationToken).ConfigureAwait(false);
            if (!await access.CanWriteAsync(Path.GetDirectoryName(target)!, cancellationToken).ConfigureAwait(false))
                throw NotWritable(account.Display, Path.GetDirectoryName(target)!);
        }
    }

    private static RenewalException NotReadable(TaskAccount account, string path) => new(
        ErrorId.AccessDenied, $"'{account.Display}', the account of the run, cannot read '{path}'.", "Give that user permission to read it, or name another account in -UserId.");

    /// <summary>The error of an account that cannot replace files in a folder.</summary>
    internal static RenewalException NotWritable(string account, string folder) => new(
        ErrorId.FolderNotWritable, $"'{account}', the account of the run, cannot write in the folder '{folder}'.",
        "The run replaces the certificate by renaming a new file, so it must write in the folder. Make the folder writable for that user, or name another account in -UserId.");

    // Only root can change the owner of a file, and the new file must have the owner of the old one.
    private async Task RequireOwnerCanBeKeptAsync(TaskAccount account, string path, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || account is TaskAccount.Machine || LinuxAccount.RequireUser(account) is not { Id: not 0 } user || LinuxStat.TryRead(path, followLinks: true) is not { } stat)
            return;
        var groups = await new LinuxTool("id", clock).RunAsync(["-G", user.Name], cancellationToken).ConfigureAwait(false);
        if (stat.User == user.Id && groups.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Contains($"{stat.Group}"))
            return;
        throw new RenewalException(
            ErrorId.PermissionsNotKept,
            $"'{path}' belongs to user {UnixAccounts.UserName(stat.User)} and group {UnixAccounts.GroupName(stat.Group)}, and '{account.Display}', the account of the run, cannot give the new file that owner.",
            $"Give the file to that user and one of its groups (chown {user.Name}: {ShellWord.Quote(path)}), or let the renewal run as root.");
    }
}

/// <summary>Checks that the account of a run can write the log that a definition names. The folder of the default log belongs to the account.</summary>
[UnsupportedOSPlatform("windows")]
internal static class LogRights
{
    /// <summary>Requires a log that the account can write. Registration creates a missing folder and gives it to the account.</summary>
    /// <exception cref="RenewalException">The account cannot write it (<see cref="ErrorId.LogNotWritable"/>).</exception>
    public static async Task RequireWritableAsync(RenewalDefinition definition, AccountAccess access, TaskAccount account, CancellationToken cancellationToken)
    {
        if (definition.LogPath is not { } path)
            return;
        var folder = Path.GetDirectoryName(TargetPath.Follow(path));
        if (Directory.Exists(path) || FileKind.IsSpecial(path) || folder is null)
            throw NotWritable($"'{path}' is not a file that a log can be written to.", "Name a file in -LogPath.");
        if (File.Exists(path))
        {
            if (!await access.CanWriteAsync(path, cancellationToken).ConfigureAwait(false))
                throw NotWritable($"'{account.Display}', the account of the run, cannot write the log '{path}'.", "Give that user permission to write the file, or name another one in -LogPath.");
        }
        else if (Directory.Exists(folder) && !(await access.CanWriteAsync(folder, cancellationToken).ConfigureAwait(false) && await access.CanExecuteAsync(folder, cancellationToken).ConfigureAwait(false)))
        {
            throw NotWritable(
                $"'{account.Display}', the account of the run, cannot create the log '{path}': it cannot write in the folder '{folder}'.",
                "Give that user permission to write there, or omit -LogPath: the folder of the default log belongs to the account.");
        }
        else if (!Directory.Exists(folder) && NearestAbove(folder) is { } above && !await access.CanExecuteAsync(above, cancellationToken).ConfigureAwait(false))
        {
            throw NotWritable(
                $"'{account.Display}', the account of the run, cannot create the log '{path}': it cannot enter the folder '{above}'.",
                "Give that user permission to enter it, or omit -LogPath: the folder of the default log belongs to the account.");
        }
    }

    // Registration creates missing folders for the account, which must be able to enter the folder above them.
    private static string? NearestAbove(string folder)
    {
        var above = Path.GetDirectoryName(folder);
        while (above is not null && !Directory.Exists(above))
            above = Path.GetDirectoryName(above);
        return above;
    }

    private static RenewalException NotWritable(string message, string remedy) => new(ErrorId.LogNotWritable, message, remedy);
}

/// <summary>The file permissions of the account of a run, tested as that account, since only the kernel knows groups, ACLs and mounts.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class AccountAccess(TaskAccount account, TimeProvider clock)
{
    /// <summary>Whether this process runs as the account.</summary>
    public bool IsOwn => account is not TaskAccount.User || account.Display == AccountName.Current;

    /// <summary>Whether the account can read a file.</summary>
    public Task<bool> CanReadAsync(string path, CancellationToken cancellationToken) => TestAsync("-r", path, cancellationToken);

    /// <summary>Whether the account can execute a file.</summary>
    public Task<bool> CanExecuteAsync(string path, CancellationToken cancellationToken) => TestAsync("-x", path, cancellationToken);

    /// <summary>Whether the account can write a file, or in a folder.</summary>
    public Task<bool> CanWriteAsync(string path, CancellationToken cancellationToken) => TestAsync("-w", path, cancellationToken);

    private async Task<bool> TestAsync(string test, string path, CancellationToken cancellationToken)
    {
        // This process has read and executed these files itself.
        if (IsOwn)
            return test != "-w" || UnixNative.MayWrite(path);
        string[] command = [.. LinuxAccount.RequireUser(account).Become, "test", test, path];
        // Without the environment of root, which could hold secrets: the account can read the environment of its processes.
        var tool = new LinuxTool(command[0], clock) { IsBare = true, Variables = new Dictionary<string, string> { ["PATH"] = ProgramFinder.SystemPath } };
        if (!tool.Exists)
            return true;
        return (await tool.RunAsync(command[1..], cancellationToken).ConfigureAwait(false)).ExitCode == 0;
    }
}

/// <summary>
/// Loads the module with the pwsh of a schedule, as the account of the run and with the few variables of a scheduled run, to
/// find what would fail at every run (permissions, a missing .NET runtime, a damaged module). Only on Linux.
/// </summary>
internal sealed class RunProbe(TimeProvider clock, ILogger logger)
{
    /// <summary>Requires that the run can load the module.</summary>
    /// <returns>The folder of the module that was loaded; null if unknown.</returns>
    /// <exception cref="RenewalException">The run cannot load it (<see cref="ErrorId.PwshUnsuitable"/>, <see cref="ErrorId.ModuleNotLoaded"/>).</exception>
    public async Task<string?> RequireLoadableAsync(PlannedRegistration registration, RunningModule module, bool isForced, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var (account, pwsh) = (registration.Run.Account, registration.Run.Command.Program);
        var access = new AccountAccess(account, clock);
        if (!await access.CanExecuteAsync(pwsh, cancellationToken).ConfigureAwait(false))
            throw new RenewalException(
                ErrorId.PwshUnsuitable, $"'{account.Display}', the account of the run, cannot execute '{pwsh}'.",
                "Install PowerShell by a package of the system and register from that pwsh, or give that user permission to execute it and to enter the folders above it.");
        var manifest = Path.Combine(module.Folder, "StepCaRenew.psd1");
        if (!await access.CanReadAsync(manifest, cancellationToken).ConfigureAwait(false))
            throw new RenewalException(
                ErrorId.AccessDenied, $"'{account.Display}', the account of the run, cannot read the module '{manifest}'.",
                "Install the module for all users, in /usr/local/share/powershell/Modules, and register again from there.");
        try
        {
            return await LoadAsync(registration.Run, access, cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e) when (isForced)
        {
            TaskLog.Warned(logger, $"{registration.Definition.Name}: {e.Message} The renewal is registered anyway (-Force).");
            return null;
        }
    }

    [SupportedOSPlatform("linux")]
    private async Task<string?> LoadAsync(ScheduledRun run, AccountAccess access, CancellationToken cancellationToken)
    {
        var user = run.Scope == RenewalScope.Machine ? LinuxAccount.RequireUser(run.Account) : LinuxUser.Current();
        string[] start = [run.Command.Program, "-NoProfile", "-NonInteractive", "-NoLogo", "-Command", $"$ErrorActionPreference = 'Stop'; {run.Command.Import}; (Get-Module StepCaRenew).ModuleBase"];
        string[] command = access.IsOwn || user is null ? start : [.. user.Become, .. start];
        var tool = new LinuxTool(command[0], clock)
        {
            IsBare = true,
            Variables = new Dictionary<string, string>(CronRun.Variables(run, user)) { ["NO_COLOR"] = "1", ["TERM"] = "dumb" },
            WorkingDirectory = user is not null && Directory.Exists(user.Home) ? user.Home : "/",
        };
        if (!tool.Exists && !access.IsOwn)
            return null;
        var result = await tool.RunAsync(command[1..], cancellationToken).ConfigureAwait(false);
        var lines = result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (result.ExitCode == 0 && lines.LastOrDefault() is { } folder && Directory.Exists(folder))
            return folder;
        throw new RenewalException(
            ErrorId.ModuleNotLoaded,
            $"A run as '{run.Account.Display}' cannot load the module: '{run.Command.Program}' ended with exit code {result.ExitCode}. {result.LastWords}".TrimEnd(),
            $"Try it with the few variables of a scheduled run, and fix the cause: env -i HOME={(user is null ? "/" : ShellWord.Quote(user.Home))} PATH=/usr/bin:/bin {ShellWord.Quote(run.Command.Program)} -NoProfile -Command {ShellWord.Quote(run.Command.Import)}. To register anyway: -Force.");
    }
}
