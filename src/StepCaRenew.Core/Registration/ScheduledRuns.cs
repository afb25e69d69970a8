using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Inspection;
using StepCaRenew.Policy;
using StepCaRenew.Scheduling;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Registration;

/// <summary>Plans the scheduled run of a definition.</summary>
internal static class ScheduledRuns
{
    private const int LeastRuns = 4;

    /// <summary>The scheduled run of a definition.</summary>
    /// <exception cref="RenewalException">No interval is short enough for the certificate, or a path cannot be used in a schedule.</exception>
    public static ScheduledRun Plan(
        RenewalFolders folders, RenewalDefinition definition, TaskAccount account, CertificateValidity validity, RunningModule module, Func<string, string?> environment) =>
        Plan(folders, definition, account, IntervalOf(definition, validity), module, environment);

    /// <summary>The same with a known interval.</summary>
    /// <exception cref="RenewalException">A path cannot be used in a schedule.</exception>
    public static ScheduledRun Plan(RenewalFolders folders, RenewalDefinition definition, TaskAccount account, TimeSpan interval, RunningModule module, Func<string, string?> environment)
    {
        // The registered pwsh, so that checking a schedule does not depend on the pwsh of the check.
        var pwsh = definition.PwshPath ?? (module.PwshPath is { } running ? PwshPath.Lasting(running) : null) ?? throw new RenewalException(
            ErrorId.PwshUnsuitable, $"{definition.Name}: PowerShell is hosted by another program, and no pwsh that a schedule could run is next to it.", "Register from pwsh.");
        return new ScheduledRun
        {
            Name = definition.Name,
            Scope = definition.Scope,
            Account = account,
            Interval = interval,
            Phase = SchedulePhase.For(MachineId.Read(), definition.Name, interval),
            Command = RunCommand.ForRenewal(pwsh, definition.ModulePath ?? ModuleReference.For(module), definition.Name),
            Home = environment(RenewalFolders.HomeVariable) is { Length: > 0 } home ? home : null,
            WritableFolders = [.. WritableFolders(folders, definition).Distinct()],
            // The module itself sends signals.
            RunsPrograms = definition.Actions.Any(action => action is not SignalAction) || definition.OnFailure.Any(notifier => notifier.Action is not WebhookAction),
            ReadFiles = [.. definition.OnFailure.Select(notifier => (notifier.Action as WebhookAction)?.UriFile).OfType<string>(), .. definition.Actions.OfType<SignalAction>().Select(action => action.PidFile), .. definition.Publications.Select(publication => publication.PasswordFile).Prepend(definition.KeyPasswordFile).OfType<string>()],
        };
    }

    /// <summary>The interval for one certificate: that of the definition, or the one that fits the lifetime.</summary>
    /// <exception cref="RenewalException">No interval is short enough, or that of the definition is too long.</exception>
    internal static TimeSpan IntervalOf(RenewalDefinition definition, CertificateValidity validity)
    {
        // From the latest due time, with all of the jitter.
        var left = validity.NotAfter - RenewalPolicy.DueTime(validity with { Spread = 0 }, definition.Rule);
        var interval = definition.Interval ?? ScheduleInterval.For(validity.Lifetime) ?? throw new RenewalException(
            ErrorId.LifetimeTooShort,
            $"{definition.Name}: the certificate is valid for only {Duration.Format(validity.Lifetime)}; even with a run every minute it must be valid for at least {Duration.Format(ScheduleInterval.All[0] * ScheduleInterval.RunsPerLifetime)}.",
            "Have the CA issue certificates with a longer lifetime, or give -Interval 1m if a few runs before the certificate expires are enough.");
        return interval * LeastRuns <= left ? interval : throw new RenewalException(
            ErrorId.IntervalInvalid,
            $"{definition.Name}: the certificate is due {Duration.Format(left)} before its end, which leaves fewer than {LeastRuns} runs with the interval {ScheduleInterval.Format(interval)}.",
            "Give a shorter -Interval, or renew earlier (-ExpiresIn, -RenewAt).");
    }

    // Also the folders that links lead to, since the files are replaced there.
    private static IEnumerable<string> WritableFolders(RenewalFolders folders, RenewalDefinition definition)
    {
        foreach (var folder in definition.Certificates is { } certificates ? FoldersOf(definition, certificates) : FoldersOf(definition))
            yield return folder;

        yield return folders.StateFolder(definition.Name);
        yield return Path.GetDirectoryName(RegisteredRenewal.LogOf(folders, definition))!;
        if (definition.MetricsPath is { } metrics)
            yield return Path.GetDirectoryName(metrics)!;
    }

    private static IEnumerable<string> FoldersOf(RenewalDefinition definition) =>
        definition.Publications.Select(publication => publication.FilePath).Prepend(definition.KeyPath).Prepend(definition.CertificatePath).OfType<string>()
            .SelectMany(path => new[] { Path.GetDirectoryName(path)!, Path.GetDirectoryName(TargetPath.Follow(path))! });

    // New certificates are found below the folder without a change of the schedule.
    private static IEnumerable<string> FoldersOf(RenewalDefinition definition, CertificateSet certificates)
    {
        string[] above = [certificates.Folder, TargetPath.Follow(certificates.Folder)];
        return above.Concat(TryFind(definition).SelectMany(path => FoldersOf(definition.For(path) with { KeyPath = KeyPathConvention.FindNextTo(path) }))
            .Where(folder => !above.Any(one => folder == one || folder.StartsWith(one + Path.DirectorySeparatorChar, StringComparison.Ordinal))));
    }

    // The run reports the error.
    private static IReadOnlyList<string> TryFind(RenewalDefinition definition)
    {
        try
        {
            return definition.FindCertificates();
        }
        catch (RenewalException)
        {
            return [];
        }
    }
}
