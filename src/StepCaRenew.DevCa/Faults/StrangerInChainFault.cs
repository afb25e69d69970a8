using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The chain also contains an unrelated leaf and intermediate.</summary>
public sealed record StrangerInChainFault : IssuanceFault
{
    internal override Issued Change(Issued issued, CaState state)
    {
        var other = CaIdentity.Create(state.Now, "Stranger");
        return issued with { Above = [.. issued.Above, other.Issuer.Renew(issued.Leaf, null, issued.Leaf.NotBefore, issued.Leaf.NotAfter), other.Intermediate] };
    }
}
