using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Replaces the units and starts the timer; restores the earlier units if that fails.</summary>
internal sealed class UnitReplacement(SystemdUnits units, SystemdManager manager)
{
    public async Task RunAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        var (service, timer) = (units.Service.Read(), units.Timer.Read());
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // The service first: without it the timer would fail.
            units.Service.Write(ServiceUnit.Render(run));
            units.Timer.Write(TimerUnit.Render(run));
            await manager.ReloadAsync(cancellationToken).ConfigureAwait(false);
            await manager.EnableAsync(units.Timer.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RenewalException or OperationCanceledException)
        {
            // Deletes the link to the timer, which is deleted next.
            if (timer is null && units.Timer.Exists)
                await TryAsync(() => manager.DisableAsync(units.Timer.Name, CancellationToken.None)).ConfigureAwait(false);
            await TryAsync(() => Restore(units.Timer, timer)).ConfigureAwait(false);
            await TryAsync(() => Restore(units.Service, service)).ConfigureAwait(false);
            await TryAsync(() => manager.ReloadAsync(CancellationToken.None)).ConfigureAwait(false);
            throw;
        }
    }

    private static Task Restore(ScheduleFile file, string? content)
    {
        if (content is null)
            file.Delete();
        else if (file.Read() != content)
            file.Write(content);
        return Task.CompletedTask;
    }

    private static async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (RenewalException)
        {
            // The first error is thrown; this one would hide it.
        }
    }
}
