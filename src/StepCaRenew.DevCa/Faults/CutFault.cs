namespace StepCaRenew.DevCa.Faults;

/// <summary>The right answer, cut off after some bytes of its body; the headers promise all of it.</summary>
public sealed record CutFault(int AfterBytes) : RequestFault
{
    internal override async Task SendAsync(FaultContext context)
    {
        var answer = await context.Real();
        answer.SendHead(context.Http);
        await context.Http.Response.Body.WriteAsync(answer.Body.AsMemory(0, Math.Min(AfterBytes, answer.Body.Length)));
        await context.Http.Response.Body.FlushAsync();
        // What was written has to leave before the connection is cut.
        await Task.Delay(50);
        context.Http.Abort();
    }
}
