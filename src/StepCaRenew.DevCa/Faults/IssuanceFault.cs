using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Faults;

/// <summary>Changes a success; refusals are not changed.</summary>
public abstract record IssuanceFault : RequestFault
{
    internal override async Task SendAsync(FaultContext context)
    {
        var answer = await context.Real();
        if (answer.Issued is { } issued)
            answer = Change(issued, context.State).ToAnswer();
        await answer.SendAsync(context.Http);
    }

    internal abstract Issued Change(Issued issued, CaState state);
}
