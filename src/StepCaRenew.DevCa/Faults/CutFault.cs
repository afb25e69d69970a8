namespace StepCaRenew.DevCa.Faults;

/// <summary>The correct answer, truncated after some bytes of its body; the content length is that of the whole body.</summary>
public sealed record CutFault(int AfterBytes) : RequestFault
{
    internal override async Task SendAsync(FaultContext context)
    {
        var answer = await context.Real();
        answer.SendHead(context.Http);
        await context.Http.Response.Body.WriteAsync(answer.Body.AsMemory(0, Math.Min(AfterBytes, answer.Body.Length)));
        await context.Http.Response.Body.FlushAsync();
        // The written bytes must be sent before the connection is closed.
        await Task.Delay(50);
        context.Http.Abort();
    }
}
