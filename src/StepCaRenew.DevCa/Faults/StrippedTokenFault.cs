namespace StepCaRenew.DevCa.Faults;

/// <summary>The request arrives without its Authorization header, as through a proxy that removes it.</summary>
public sealed record StrippedTokenFault : RequestFault
{
    internal override async Task SendAsync(FaultContext context)
    {
        context.Http.Request.Headers.Authorization = default;
        await (await context.Real()).SendAsync(context.Http);
    }
}
