using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The certificate is correct, but issuers are missing.</summary>
public sealed record ChainFault : IssuanceFault
{
    private bool LeafAlone { get; init; }

    /// <summary>certChain is missing: the chain is crt and ca, as old servers answer.</summary>
    public static ChainFault NoCertChain => new();

    /// <summary>The intermediate is missing everywhere.</summary>
    public static ChainFault LeafOnly => new() { LeafAlone = true };

    internal override Issued Change(Issued issued, CaState state) =>
        LeafAlone ? issued with { Above = [] } : issued with { WithChain = false };
}
