namespace StepCaRenew.DevCa.Faults;

/// <summary>The correct answer, late.</summary>
public sealed record DelayFault(TimeSpan Time) : RequestFault
{
    internal override async Task SendAsync(FaultContext context)
    {
        var answer = await context.Real();
        await Task.Delay(Time, context.Http.RequestAborted);
        await answer.SendAsync(context.Http);
    }
}
