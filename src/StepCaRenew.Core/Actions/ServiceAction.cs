namespace StepCaRenew.Actions;

/// <summary>Restarts a service, or lets it load its configuration anew; one that does not run is passed over.</summary>
/// <param name="Name">The service.</param>
/// <param name="IsReload">Reload where the service can, instead of a restart.</param>
public sealed record ServiceAction(string Name, bool IsReload) : ActionDefinition
{
    /// <inheritdoc/>
    public override string Description => $"{(IsReload ? "Reloading" : "Restarting")} the service '{Name}'";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => [IsReload ? "reload" : "restart", Name];

    /// <inheritdoc/>
    public override void RequireRunnable(ActionHost host)
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.StartsWith('-') || Name.Any(character => char.IsControl(character) || character is '*' or '?' or '['))
            throw ActionErrors.Invalid($"'{Name}' is no name of a service.", "Give names of services, without wildcards.");
        if (OperatingSystem.IsWindows() && IsReload)
            throw ActionErrors.Invalid("Services of Windows can't be reloaded.", "Use -RestartService.");
        if (OperatingSystem.IsMacOS())
            throw ActionErrors.Invalid("Services are restarted with systemd or on Windows only.", "Use -FilePath launchctl -ArgumentList kickstart, -k, system/<label>.");
        if (OperatingSystem.IsLinux())
            SystemdService.Find();
    }

    /// <inheritdoc/>
    internal override Task RunAsync(ActionContext context, CancellationToken cancellationToken) =>
        OperatingSystem.IsWindows()
            ? WindowsService.RestartAsync(this, new ServiceManager(), context, cancellationToken)
            : SystemdService.RunAsync(this, context, cancellationToken);
}
