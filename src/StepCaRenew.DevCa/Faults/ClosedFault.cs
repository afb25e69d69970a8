using Microsoft.AspNetCore.Connections.Features;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The correct and complete answer, after which the connection is closed, although no header has announced it.</summary>
public sealed record ClosedFault : RequestFault
{
    internal override async Task SendAsync(FaultContext context)
    {
        await (await context.Real()).SendAsync(context.Http);
        await context.Http.Response.CompleteAsync();
        context.Http.Features.Get<IConnectionLifetimeNotificationFeature>()!.RequestClose();
    }
}
