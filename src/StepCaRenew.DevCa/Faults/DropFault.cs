namespace StepCaRenew.DevCa.Faults;

/// <summary>The connection is cut instead of an answer; the CA may have issued (<paramref name="AfterIssuing"/>) or not.</summary>
public sealed record DropFault(bool AfterIssuing = true) : RequestFault
{
    internal override async Task SendAsync(FaultContext context)
    {
        if (AfterIssuing)
            await context.Real();
        context.Http.Abort();
    }
}
