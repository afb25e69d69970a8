using StepCaRenew.Files;
using StepCaRenew.Safety;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Renewals;

/// <summary>Whether the account of a run can read the pair, write where it lies, and write the log. On Windows -RunNow shows it.</summary>
/// <param name="clock">The clock.</param>
internal sealed class AccountRights(TimeProvider clock)
{
    /// <summary>Demands it.</summary>
    /// <exception cref="RenewalException">It cannot (<see cref="ErrorId.AccessDenied"/>, <see cref="ErrorId.FolderNotWritable"/>, <see cref="ErrorId.LogNotWritable"/>).</exception>
    public async Task RequireAsync(Registration registration, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            return;
        var (definition, account) = (registration.Definition, registration.Run.Account);
        var access = new AccountAccess(account, clock);
        // Who registers has read the pair already; that others can is another question.
        foreach (var path in new[] { definition.CertificatePath, definition.KeyPath, definition.KeyPasswordFile }.OfType<string>())
        {
            if (!await access.CanReadAsync(path, cancellationToken).ConfigureAwait(false))
                throw new RenewalException(ErrorId.AccessDenied, $"'{account.Display}', the account that the run runs as, cannot read '{path}'.", "Give that user the permission to read it, or name another account in -UserId.");
        }

        foreach (var path in new[] { definition.CertificatePath, definition.Rekey ? definition.KeyPath : null }.OfType<string>())
        {
            await RequireOwnerCanBeKeptAsync(account, path, cancellationToken).ConfigureAwait(false);
            var folder = Path.GetDirectoryName(TargetPath.Follow(path))!;
            if (!await access.CanWriteAsync(folder, cancellationToken).ConfigureAwait(false))
                throw new RenewalException(
                    ErrorId.FolderNotWritable, $"'{account.Display}', the account that the run runs as, cannot write in the folder '{folder}'.",
                    "A certificate is replaced by renaming a new file over it: make its folder writable for that user, or name another account in -UserId.");
        }

        await LogRights.RequireWritableAsync(definition, access, account, cancellationToken).ConfigureAwait(false);
    }

    // Only root can give a file away: the new one must be able to belong to whom the old one does.
    private async Task RequireOwnerCanBeKeptAsync(TaskAccount account, string path, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || account is TaskAccount.Machine || LinuxAccount.RequireUser(account) is not { Id: not 0 } user || LinuxStat.TryRead(path, followLinks: true) is not { } stat)
            return;
        var groups = await new LinuxTool("id", clock).RunAsync(["-G", user.Name], cancellationToken).ConfigureAwait(false);
        if (stat.User == user.Id && groups.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Contains($"{stat.Group}"))
            return;
        throw new RenewalException(
            ErrorId.PermissionsNotKept,
            $"'{path}' belongs to user {UnixAccounts.UserName(stat.User)} and group {UnixAccounts.GroupName(stat.Group)}, and {account.Display}, whom the run is to run as, can't give that to the file that replaces it.",
            $"Give the file to that user and one of its groups (chown {user.Name}: {ShellWord.Quote(path)}), or let the run run as root.");
    }
}
