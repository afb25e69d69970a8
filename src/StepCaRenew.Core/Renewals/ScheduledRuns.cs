using StepCaRenew.Actions;
using StepCaRenew.Files;
using StepCaRenew.Policy;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>Makes of a definition what its scheduler is to run.</summary>
internal static class ScheduledRuns
{
    private const int TriesBeforeTheEnd = 4;

    /// <summary>The scheduled run of a definition.</summary>
    /// <param name="folders">Where it is registered.</param>
    /// <param name="definition">The definition.</param>
    /// <param name="account">Whom it runs as.</param>
    /// <param name="validity">The certificate's validity.</param>
    /// <param name="module">What is to run.</param>
    /// <param name="environment">The environment variables.</param>
    /// <exception cref="RenewalException">No interval fits the certificate, or a path can't stand in a schedule.</exception>
    public static ScheduledRun Plan(
        RenewalFolders folders, RenewalDefinition definition, TaskAccount account, CertificateValidity validity, RunningModule module, Func<string, string?> environment)
    {
        var interval = IntervalOf(definition, validity);
        // As it was registered: what the schedule should be must not depend on the pwsh that asks.
        var pwsh = definition.PwshPath ?? (module.PwshPath is { } running ? PwshPath.Lasting(running) : null) ?? throw new RenewalException(
            ErrorId.PwshUnsuitable, "Another program hosts PowerShell here, and there is no pwsh beside it that a schedule could run.", "Register from pwsh.");
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
            // The module sends signals by itself.
            RunsPrograms = definition.Actions.Any(action => action is not SignalAction),
            ReadFiles = [.. definition.Actions.OfType<SignalAction>().Select(action => action.PidFile)],
        };
    }

    private static TimeSpan IntervalOf(RenewalDefinition definition, CertificateValidity validity)
    {
        // The latest moment that the jitter leaves.
        var left = validity.NotAfter - RenewalPolicy.DueTime(validity with { Spread = 0 }, definition.Rule);
        var interval = definition.Interval ?? ScheduleInterval.For(validity.Lifetime) ?? throw new RenewalException(
            ErrorId.LifetimeTooShort,
            $"The certificate lives {Duration.Format(validity.Lifetime)}; a schedule runs every minute at the most, which is too seldom below {Duration.Format(ScheduleInterval.All[0] * ScheduleInterval.RunsPerLifetime)}.",
            "Have the CA issue longer ones, or give -Interval 1m if a few tries before the end are enough.");
        return interval * TriesBeforeTheEnd <= left ? interval : throw new RenewalException(
            ErrorId.IntervalInvalid,
            $"With an interval of {ScheduleInterval.Format(interval)} fewer than {TriesBeforeTheEnd} tries are left in the {Duration.Format(left)} between the moment when the certificate is due and its end.",
            "Give a shorter -Interval, or let it be due earlier.");
    }

    // Where links lead, since that is where the file is replaced.
    private static IEnumerable<string> WritableFolders(RenewalFolders folders, RenewalDefinition definition)
    {
        foreach (var path in new[] { definition.CertificatePath, definition.KeyPath }.OfType<string>())
        {
            yield return Path.GetDirectoryName(path)!;
            yield return Path.GetDirectoryName(TargetPath.Follow(path))!;
        }

        yield return folders.StateFolder(definition.Name);
        yield return Path.GetDirectoryName(RegisteredRenewal.LogOf(folders, definition))!;
    }
}
