namespace StepCaRenew.Scheduling.Systemd;

/// <summary>The restrictions of a service: as many as .NET, and programs that run after a renewal, work with.</summary>
/// <remarks>
/// Without MemoryDenyWriteExecute, since .NET compiles at run time. Homes are not hidden, since keys, passwords, pwsh and the
/// module can be in one; ProtectSystem=strict makes them read-only.
/// </remarks>
internal static class Hardening
{
    // These need only a filter of system calls, so they also work in the manager of a user.
    private static readonly string[] Everywhere = ["NoNewPrivileges=yes", "LockPersonality=yes", "RestrictRealtime=yes"];

    // These need a mount namespace or a capability; in the manager of a user the run would fail.
    private static readonly string[] Machine = ["ProtectKernelTunables=yes", "ProtectKernelModules=yes", "ProtectKernelLogs=yes"];

    // Programs that run after a renewal could need these: a container engine needs control groups, an installer
    // set-group-id folders.
    private static readonly string[] WithoutPrograms =
        ["ProtectControlGroups=yes", "ProtectClock=yes", "ProtectHostname=yes", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK"];

    // To keep owner and mode (chown, fowner), to work in the folder of another user (dac), and to send a signal to a process
    // of another user (kill).
    private const string Rights = "CapabilityBoundingSet=CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_KILL";

    private static readonly string[] TemporaryFolders = ["/tmp", "/var/tmp"];

    public static IEnumerable<string> SettingsFor(ScheduledRun run)
    {
        var (isMachine, isAlone) = (run.Scope == RenewalScope.Machine, !run.RunsPrograms);
        return
        [
            .. Everywhere,
            .. isAlone ? ["RestrictSUIDSGID=yes", "RestrictNamespaces=yes"] : Array.Empty<string>(),
            .. isMachine ? [.. Machine, .. Folders(run)] : Array.Empty<string>(),
            .. isMachine && isAlone ? [.. WithoutPrograms, Rights] : Array.Empty<string>(),
        ];
    }

    private static IEnumerable<string> Folders(ScheduledRun run)
    {
        yield return run.RunsPrograms ? "ProtectSystem=full" : "ProtectSystem=strict";
        var folders = run.WritableFolders.Distinct(StringComparer.Ordinal).ToList();
        if (!run.RunsPrograms)
        {
            // A private temporary folder would hide files that the run needs.
            if (TemporaryFolders.Any(folder => IsUsed(run, folder)))
                folders.AddRange(TemporaryFolders);
            else
                yield return "PrivateTmp=yes";
        }

        foreach (var folder in folders)
            yield return $"ReadWritePaths={UnitQuoting.FolderWord(folder)}";
    }

    private static bool IsUsed(ScheduledRun run, string folder)
    {
        var below = folder + "/";
        return run.WritableFolders.Concat(run.ReadFiles).Append(run.Command.Program).Append(run.Home ?? string.Empty).Any(path => path == folder || path.StartsWith(below, StringComparison.Ordinal))
            || run.Command.Arguments.Any(argument => argument.Contains($"'{below}", StringComparison.Ordinal));
    }
}
