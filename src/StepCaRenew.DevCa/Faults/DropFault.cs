namespace StepCaRenew.DevCa.Faults;

/// <summary>The connection is closed instead of an answer, before or after (<paramref name="AfterIssuing"/>) the CA issues.</summary>
public sealed record DropFault(bool AfterIssuing = true) : RequestFault
{
    internal override async Task SendAsync(FaultContext context)
    {
        if (AfterIssuing)
            await context.Real();
        context.Http.Abort();
    }
}
