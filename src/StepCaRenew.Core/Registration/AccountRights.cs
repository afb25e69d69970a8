using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.Text;

namespace StepCaRenew.Registration;

/// <summary>Checks that the account of a run can read the pair, and can write its folders and the log. On Windows only -RunNow checks that.</summary>
internal sealed class AccountRights(TimeProvider clock)
{
    /// <exception cref="RenewalException">The account cannot (<see cref="ErrorId.AccessDenied"/>, <see cref="ErrorId.FolderNotWritable"/>, <see cref="ErrorId.LogNotWritable"/>).</exception>
    public async Task RequireAsync(PlannedRegistration registration, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            return;
        var (definition, account) = (registration.Definition, registration.Run.Account);
        var access = new AccountAccess(account, clock);
        foreach (var path in new[] { definition.CertificatePath, definition.KeyPath, definition.KeyPasswordFile }.OfType<string>())
        {
            if (!await access.CanReadAsync(path, cancellationToken).ConfigureAwait(false))
                throw new RenewalException(ErrorId.AccessDenied, $"'{account.Display}', the account of the run, cannot read '{path}'.", "Give that user permission to read it, or name another account in -UserId.");
        }

        foreach (var path in new[] { definition.CertificatePath, definition.Rekey ? definition.KeyPath : null }.OfType<string>())
        {
            await RequireOwnerCanBeKeptAsync(account, path, cancellationToken).ConfigureAwait(false);
            var folder = Path.GetDirectoryName(TargetPath.Follow(path))!;
            if (!await access.CanWriteAsync(folder, cancellationToken).ConfigureAwait(false))
                throw new RenewalException(
                    ErrorId.FolderNotWritable, $"'{account.Display}', the account of the run, cannot write in the folder '{folder}'.",
                    "The run replaces the certificate by renaming a new file, so it must write in the folder. Make the folder writable for that user, or name another account in -UserId.");
        }

        await LogRights.RequireWritableAsync(definition, access, account, cancellationToken).ConfigureAwait(false);
    }

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
