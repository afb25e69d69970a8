using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The certificate is for another key.</summary>
public sealed record WrongKeyFault : IssuanceFault
{
    internal override Issued Change(Issued issued, CaState state)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return issued with { Leaf = state.Ca.Issuer.Renew(issued.Leaf, new PublicKey(key), issued.Leaf.NotBefore, issued.Leaf.NotAfter) };
    }
}
