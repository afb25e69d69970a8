using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The certificate is for the right key, but another name.</summary>
public sealed record DifferentIdentityFault : IssuanceFault
{
    private const string Other = "other.local";

    private bool OtherSubject { get; init; }

    /// <summary>Other alternative names, the same subject.</summary>
    public static DifferentIdentityFault Sans => new();

    /// <summary>Another subject, the same alternative names.</summary>
    public static DifferentIdentityFault Subject => new() { OtherSubject = true };

    internal override Issued Change(Issued issued, CaState state)
    {
        var old = issued.Leaf;
        var name = old.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var profile = new LeafProfile
        {
            Name = OtherSubject ? Other : name,
            Sans = [OtherSubject ? name : Other],
            NotBefore = old.NotBefore,
            NotAfter = old.NotAfter,
            Provisioner = ProvisionerExtension.Read(old),
        };
        return issued with { Leaf = state.Ca.Issuer.Issue(profile, old.PublicKey) };
    }
}
