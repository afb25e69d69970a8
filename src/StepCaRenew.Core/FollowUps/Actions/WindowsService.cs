namespace StepCaRenew.FollowUps.Actions;

/// <summary>Restarts a Windows service through the service control manager. Tested only under Wine.</summary>
internal static class WindowsService
{
    public static Task RestartAsync(ServiceAction action, IServiceManager services, ActionContext context, CancellationToken cancellationToken) =>
        // On a thread of the pool: some calls of the manager take half a minute.
        Task.Run(
            () => new ServiceRestart(action, services, context.Stopped, context.Clock, context.Logger).RunAsync(action.Timeout ?? context.Host.Timeout, cancellationToken),
            CancellationToken.None);
}
