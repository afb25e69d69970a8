using System.Runtime.Versioning;
using StepCaRenew.Files;
using StepCaRenew.Safety;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Renewals;

/// <summary>Whether the account of a run may read the pair and write where it lies. On Windows -RunNow shows it.</summary>
/// <param name="clock">The clock.</param>
internal sealed class AccountRights(TimeProvider clock)
{
    /// <summary>Demands it.</summary>
    /// <exception cref="RenewalException">It may not (<see cref="ErrorId.AccessDenied"/>, <see cref="ErrorId.FolderNotWritable"/>).</exception>
    public async Task DemandAsync(Registration registration, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            return;
        var (definition, account) = (registration.Definition, registration.Run.Account);
        // Who registers has read the pair already; that others can is another question.
        foreach (var path in new[] { definition.CertificatePath, definition.KeyPath, definition.KeyPasswordFile }.OfType<string>())
        {
            if (!await MayAsync(account, "-r", path, cancellationToken).ConfigureAwait(false))
                throw new RenewalException(ErrorId.AccessDenied, $"'{path}' may not be read by {account.Display}, whom the run is to run as.", "Give that user the right to, or name another one in -UserId.");
        }

        foreach (var path in new[] { definition.CertificatePath, definition.Rekey ? definition.KeyPath : null }.OfType<string>())
        {
            await DemandOwnerCanBeKeptAsync(account, path, cancellationToken).ConfigureAwait(false);
            var folder = Path.GetDirectoryName(TargetPath.Follow(path))!;
            if (!await MayAsync(account, "-w", folder, cancellationToken).ConfigureAwait(false))
                throw new RenewalException(
                    ErrorId.FolderNotWritable, $"The folder '{folder}' may not be written by {account.Display}, whom the run is to run as.",
                    "A certificate is replaced by renaming a new file over it: make its folder writable for that user, or name another one in -UserId.");
        }
    }

    // Only root can give a file away: the new one must be able to belong to whom the old one does.
    private async Task DemandOwnerCanBeKeptAsync(TaskAccount account, string path, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || account is TaskAccount.Machine || LinuxAccount.Demand(account) is not { Id: not 0 } user || LinuxStat.Of(path, followLinks: true) is not { } stat)
            return;
        var groups = await new LinuxTool("id", clock).RunAsync(["-G", user.Name], cancellationToken).ConfigureAwait(false);
        if (stat.User == user.Id && groups.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Contains($"{stat.Group}"))
            return;
        throw new RenewalException(
            ErrorId.PermissionsNotKept,
            $"'{path}' belongs to user {UnixAccounts.UserName(stat.User)} and group {UnixAccounts.GroupName(stat.Group)}, and {account.Display}, whom the run is to run as, can't give that to the file that replaces it.",
            $"Give the file to that user and one of its groups (chown {user.Name}: {ShellWord.Of(path)}), or let the run run as root.");
    }

    // The kernel is asked as that user: groups, ACLs and mounts are its to know.
    [UnsupportedOSPlatform("windows")]
    private async Task<bool> MayAsync(TaskAccount account, string test, string path, CancellationToken cancellationToken)
    {
        if (account is not TaskAccount.User || account.Display == AccountName.Current)
            return test != "-w" || UnixNative.MayWrite(path);
        var user = LinuxAccount.Demand(account);
        var tool = new LinuxTool("setpriv", clock);
        if (!tool.Exists)
            return true;
        var result = await tool.RunAsync([$"--reuid={user.Id}", $"--regid={user.Group}", "--init-groups", "--", "test", test, path], cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0;
    }
}
