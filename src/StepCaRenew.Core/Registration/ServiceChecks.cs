using System.ComponentModel;
using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Registration;

/// <summary>
/// Checks that the services of actions exist. A run skips a service that does not run, so a mistyped name would never be
/// noticed. On Linux and Windows.
/// </summary>
internal sealed class ServiceChecks(LinuxPaths paths, TimeProvider clock, ILogger logger)
{
    /// <summary>Requires that each service exists; with -Force, logs a warning instead, since it can be installed later.</summary>
    /// <exception cref="RenewalException">A service does not exist, or systemd does not run (<see cref="ErrorId.SystemdNotRunning"/>, <see cref="ErrorId.ServiceNotFound"/>).</exception>
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
                TaskLog.Warned(logger, $"{definition.Name}: {problem.Message} The renewal is registered anyway (-Force).");
            }
            else if (OperatingSystem.IsLinux() && account is not TaskAccount.Machine && LinuxAccount.NameOf(account) != "root")
            {
                TaskLog.Warned(
                    logger, $"{definition.Name}: '{account.Display}' needs a polkit rule to {(service.IsReload ? "reload" : "restart")} '{service.Name}' (org.freedesktop.systemd1.manage-units). To try it: -RunNow -Force.");
            }
        }
    }

    /// <summary>The error of a service of Windows; null if it exists, or if that cannot be found out.</summary>
    internal static RenewalException? FindProblem(ServiceAction service, IServiceManager services)
    {
        try
        {
            return services.Find(service.Name) is not null ? null : new RenewalException(
                ErrorId.ServiceNotFound, $"The service '{service.Name}' of -RestartService does not exist.", "Correct the name (Get-Service lists all), or add -Force if the service will be installed later.");
        }
        catch (Win32Exception)
        {
            // This account can have fewer permissions than the account of the run.
            return null;
        }
    }

    private async Task<RenewalException?> ProblemAsync(ServiceAction service, CancellationToken cancellationToken)
    {
        var parameter = service.IsReload ? "-ReloadService" : "-RestartService";
        if (!Directory.Exists(paths.Booted))
            return new RenewalException(
                ErrorId.SystemdNotRunning, $"{parameter} {service.Name} needs systemd, which does not run on this machine.",
                "Use -FilePath with the program that reloads the service here, or -PidFile. Or add -Force if systemd will run when the certificate is renewed.");
        var result = await new LinuxTool(paths.Systemctl, clock).RunAsync(["show", "--property=LoadState", "--", service.Name], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
            return new RenewalException(
                ErrorId.SystemdNotRunning, $"systemctl cannot ask systemd about '{service.Name}' (exit code {result.ExitCode}). {result.LastWords}".TrimEnd(), "Fix the cause. To register anyway: -Force.");
        return !result.Text.Contains("LoadState=not-found", StringComparison.Ordinal) ? null : new RenewalException(
            ErrorId.ServiceNotFound, $"The service '{service.Name}' of {parameter} does not exist.", "Correct the name (systemctl list-units --type=service --all), or add -Force if the service will be installed later.");
    }
}
