using System.ComponentModel;
using Microsoft.Extensions.Logging;
using StepCaRenew.Actions;
using StepCaRenew.Logging;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Renewals;

/// <summary>
/// Whether the services that are to be reloaded or restarted after a renewal exist. A run passes over a service that does
/// not run, so that a name with a typing error would never be noticed. On Linux and Windows.
/// </summary>
/// <param name="paths">Where things lie.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Told what -Force lets pass.</param>
internal sealed class ServiceChecks(LinuxPaths paths, TimeProvider clock, ILogger logger)
{
    /// <summary>Demands that systemd runs and knows each service; with force, a service may be installed later.</summary>
    /// <exception cref="RenewalException">It does not (<see cref="ErrorId.SystemdNotRunning"/>, <see cref="ErrorId.ServiceNotFound"/>).</exception>
    public async Task RequireAsync(RenewalDefinition definition, TaskAccount account, bool isForced, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsMacOS())
            return;
        foreach (var service in definition.Actions.OfType<ServiceAction>())
        {
            var found = OperatingSystem.IsWindows() ? FindProblem(service, new ServiceManager()) : await ProblemAsync(service, cancellationToken).ConfigureAwait(false);
            if (found is { } problem)
            {
                if (!isForced)
                    throw problem;
                TaskLog.Warned(logger, $"{definition.Name}: {problem.Message} -Force was given, so that it is registered.");
            }
            else if (OperatingSystem.IsLinux() && account is not TaskAccount.Machine && LinuxAccount.NameOf(account) != "root")
            {
                TaskLog.Warned(
                    logger, $"{definition.Name}: systemd lets '{account.Display}' {(service.IsReload ? "reload" : "restart")} '{service.Name}' only if a rule of polkit says so (org.freedesktop.systemd1.manage-units). To try it: -RunNow -Force.");
            }
        }
    }

    /// <summary>What Windows says of a service; null if it exists, or if that cannot be found out.</summary>
    internal static RenewalException? FindProblem(ServiceAction service, IServiceManager services)
    {
        try
        {
            return services.Find(service.Name) is not null ? null : new RenewalException(
                ErrorId.ServiceNotFound, $"Windows knows no service '{service.Name}', which -RestartService names.", "Correct the name: Get-Service lists all. If the service is installed later: -Force.");
        }
        catch (Win32Exception)
        {
            // The account that registers may have fewer permissions than the one that runs.
            return null;
        }
    }

    private async Task<RenewalException?> ProblemAsync(ServiceAction service, CancellationToken cancellationToken)
    {
        var parameter = service.IsReload ? "-ReloadService" : "-RestartService";
        if (!Directory.Exists(paths.Booted))
            return new RenewalException(
                ErrorId.SystemdNotRunning, $"{parameter} {service.Name} needs systemd, and systemd does not run this machine.",
                "Use -FilePath with the program that reloads the service here, or -PidFile. If systemd will run when the certificate is renewed: -Force.");
        var result = await new LinuxTool(paths.Systemctl, clock).RunAsync(["show", "--property=LoadState", "--", service.Name], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
            return new RenewalException(
                ErrorId.SystemdNotRunning, $"systemctl cannot ask systemd about '{service.Name}' (exit code {result.ExitCode}). {result.LastWords}".TrimEnd(), "Fix the cause. To register nevertheless: -Force.");
        return !result.Text.Contains("LoadState=not-found", StringComparison.Ordinal) ? null : new RenewalException(
            ErrorId.ServiceNotFound, $"systemd knows no service '{service.Name}', which {parameter} names.", "Correct the name: systemctl list-units --type=service --all. If the service is installed later: -Force.");
    }
}
