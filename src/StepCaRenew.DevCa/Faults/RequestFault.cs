namespace StepCaRenew.DevCa.Faults;

/// <summary>Something that goes wrong with one request.</summary>
public abstract record RequestFault
{
    internal abstract Task SendAsync(FaultContext context);
}
