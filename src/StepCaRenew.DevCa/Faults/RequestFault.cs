namespace StepCaRenew.DevCa.Faults;

/// <summary>A fault of one request.</summary>
public abstract record RequestFault
{
    internal abstract Task SendAsync(FaultContext context);
}
