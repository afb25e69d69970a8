using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The certificate has another validity, relative to now.</summary>
public sealed record ValidityFault(TimeSpan Begin, TimeSpan End) : IssuanceFault
{
    /// <summary>It ends in one minute.</summary>
    public static ValidityFault ShorterLife => new(TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));

    /// <summary>It begins in one hour.</summary>
    public static ValidityFault NotYetValid => new(TimeSpan.FromHours(1), TimeSpan.FromHours(25));

    internal override Issued Change(Issued issued, CaState state) =>
        issued with { Leaf = state.Ca.Issuer.Renew(issued.Leaf, null, state.Now + Begin, state.Now + End) };
}
