using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The certificate is from an untrusted CA with the same names.</summary>
public sealed record ForeignRootFault : IssuanceFault
{
    internal override Issued Change(Issued issued, CaState state)
    {
        var other = CaIdentity.Create(state.Now);
        return new(other.Issuer.Renew(issued.Leaf, null, issued.Leaf.NotBefore, issued.Leaf.NotAfter), [other.Intermediate]);
    }
}
