using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The certificate permits other usages than the old one.</summary>
public sealed record UsageFault : IssuanceFault
{
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";

    private X509Extension[] Extensions { get; init; } = [];

    /// <summary>serverAuth without clientAuth: the next renewal would be impossible.</summary>
    public static UsageFault NoClientAuth => ForUse(Pki.LeafExtensions.ServerAuth);

    /// <summary>codeSigning only.</summary>
    public static UsageFault CodeSigningOnly => ForUse(CodeSigning);

    /// <summary>It is a CA certificate.</summary>
    public static UsageFault Authority => new() { Extensions = [X509BasicConstraintsExtension.CreateForCertificateAuthority()] };

    internal override Issued Change(Issued issued, CaState state) => issued with { Leaf = Reissue.With(issued.Leaf, state, Extensions) };

    private static UsageFault ForUse(string usage) => new() { Extensions = [new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false)] };
}
