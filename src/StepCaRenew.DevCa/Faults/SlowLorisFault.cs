namespace StepCaRenew.DevCa.Faults;

/// <summary>The correct answer, one byte at a time.</summary>
public sealed record SlowLorisFault(TimeSpan Interval) : RequestFault
{
    internal override async Task SendAsync(FaultContext context)
    {
        var answer = await context.Real();
        answer.SendHead(context.Http);
        for (var i = 0; i < answer.Body.Length; i++)
        {
            await context.Http.Response.Body.WriteAsync(answer.Body.AsMemory(i, 1), context.Http.RequestAborted);
            await context.Http.Response.Body.FlushAsync(context.Http.RequestAborted);
            await Task.Delay(Interval, context.Http.RequestAborted);
        }
    }
}
