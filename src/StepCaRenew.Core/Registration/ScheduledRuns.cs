using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Policy;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>Plans the scheduled run of a definition.</summary>
internal static class ScheduledRuns
{
    private const int LeastRuns = 4;

    /// <summary>The scheduled run of a definition.</summary>
    /// <exception cref="RenewalException">No interval is short enough for the certificate, or a path cannot be used in a schedule.</exception>
    public static ScheduledRun Plan(
        RenewalFolders folders, RenewalDefinition definition, TaskAccount account, CertificateValidity validity, RunningModule module, Func<string, string?> environment)
    {
        var interval = IntervalOf(definition, validity);
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
            RunsPrograms = definition.Actions.Any(action => action is not SignalAction),
            ReadFiles = [.. definition.Actions.OfType<SignalAction>().Select(action => action.PidFile), .. definition.Publications.Select(publication => publication.PasswordFile).Prepend(definition.KeyPasswordFile).OfType<string>()],
        };
    }

    private static TimeSpan IntervalOf(RenewalDefinition definition, CertificateValidity validity)
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
        foreach (var path in definition.Publications.Select(publication => publication.Path).Prepend(definition.KeyPath).Prepend(definition.CertificatePath).OfType<string>())
        {
            yield return Path.GetDirectoryName(path)!;
            yield return Path.GetDirectoryName(TargetPath.Follow(path))!;
        }

        yield return folders.StateFolder(definition.Name);
        yield return Path.GetDirectoryName(RegisteredRenewal.LogOf(folders, definition))!;
    }
}
