namespace StepCaRenew.FollowUps.Actions;

/// <summary>Restarts or reloads a service; does nothing if it does not run.</summary>
/// <param name="Name">The name, on Windows also the display name.</param>
/// <param name="IsReload">Reload if the service supports it, instead of a restart.</param>
internal sealed record ServiceAction(string Name, bool IsReload) : ActionDefinition
{
    /// <inheritdoc/>
    public override string Description => $"{(IsReload ? "reload" : "restart")} of '{Name}'";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => [IsReload ? "reload" : "restart", Name];

    /// <inheritdoc/>
    public override void RequireRunnable(ActionHost host)
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.StartsWith('-') || Name.Any(character => char.IsControl(character) || character is '*' or '?' or '['))
            throw ActionErrors.Invalid($"'{Name}' is not a name of a service.", "Give names of services, without wildcards.");
        if (OperatingSystem.IsWindows() && IsReload)
            throw ActionErrors.Invalid("Windows services cannot be reloaded.", "Use -RestartService.");
        if (OperatingSystem.IsMacOS())
            throw ActionErrors.Invalid("Services can be restarted only with systemd or on Windows.", "Use -FilePath launchctl -ArgumentList kickstart, -k, system/<label>.");
        if (OperatingSystem.IsLinux())
            SystemdService.Find();
    }

    /// <inheritdoc/>
    internal override Task RunAsync(ActionContext context, CancellationToken cancellationToken) =>
        OperatingSystem.IsWindows()
            ? WindowsService.RestartAsync(this, new ServiceManager(), context, cancellationToken)
            : SystemdService.RunAsync(this, context, cancellationToken);
}
