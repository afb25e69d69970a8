using StepCaRenew.Renewals;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>What a run is kept from: as much as .NET, and the programs after a renewal, bear.</summary>
/// <remarks>
/// Never MemoryDenyWriteExecute, since .NET compiles at run time. Homes are not hidden: keys, passwords, pwsh and the
/// module may lie in one, and where nothing else is run they can't be written anyway.
/// </remarks>
internal static class Hardening
{
    // What needs no more than a filter of system calls also works in a user's manager.
    private static readonly string[] Everywhere = ["NoNewPrivileges=yes", "LockPersonality=yes", "RestrictRealtime=yes"];

    // These need a mount namespace or a right that a user's manager does not have: the run would fail there.
    private static readonly string[] Machine = ["ProtectKernelTunables=yes", "ProtectKernelModules=yes", "ProtectKernelLogs=yes"];

    // A program after a renewal may want any of these: a container engine its namespaces and control groups, an
    // installation its set-group-id folders.
    private static readonly string[] WithoutPrograms =
        ["ProtectControlGroups=yes", "ProtectClock=yes", "ProtectHostname=yes", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK"];

    // The certificate's owner and mode are kept (chown, fowner), its folder may be another user's (dac), and so may the
    // process that a signal goes to (kill).
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
            // Where something of the run lies in a temporary folder, a private one would hide it.
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
