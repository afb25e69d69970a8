using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Unit.Ca;

public sealed class RefusedCertificateTests : IDisposable
{
    private static readonly TestAuthority Ca = TestAuthority.Default;
    private static readonly TestAuthority Other = new("Other");
    private static readonly RenewalException Refusal = new(ErrorId.ClientCertificateRefused, "Refused.", "Ask.");

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Explain_LeafWithoutChain_OfAnotherIntermediate_IsChainMissing() =>
        Assert.Equal(ErrorId.ChainMissing, Explain(Ca.Issue(), Other).ErrorId);

    // It may be revoked: appending a certificate to the file would not help.
    [Fact]
    public void Explain_LeafOfThePresentIntermediate_IsRefusedForAnotherReason() => Assert.Same(Refusal, Explain(Ca.Issue(), Ca));

    [Fact]
    public void Explain_LeafOfARoot_NeedsNoChain() => Assert.Same(Refusal, Explain(Ca.IssueByRoot(new LeafSpec()), Other));

    private RenewalException Explain(TestPair issued, TestAuthority served)
    {
        var settings = new CaSettings(new Uri("https://ca"), folder.Write("root.crt", Ca.Root.ExportCertificatePem()), null);
        using var roots = TrustedRoots.Load(settings);
        return new RefusedCertificate(issued.Keyed(), roots, [served.Intermediate.RawData]).Explain(Refusal, DateTimeOffset.UtcNow);
    }
}
