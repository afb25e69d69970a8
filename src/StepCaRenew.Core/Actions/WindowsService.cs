namespace StepCaRenew.Actions;

/// <summary>Services of Windows, by the service control manager itself. Seen under Wine only.</summary>
internal static class WindowsService
{
    public static Task RestartAsync(ServiceAction action, IServiceManager services, ActionContext context, CancellationToken cancellationToken) =>
        // On a thread of the pool: the manager answers some calls after half a minute only.
        Task.Run(
            () => new ServiceRestart(action, services, context.Stopped, context.Clock, context.Logger).RunAsync(action.Timeout ?? context.Host.Timeout, cancellationToken),
            CancellationToken.None);
}
