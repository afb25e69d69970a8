using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Renewal;

public sealed class RenewalReportTests
{
    // A CA that shortens lifetimes: the rule then fits the new certificate no more, but it lies on disk.
    [Fact]
    public void Replaced_RuleThatNoLongerFits_IsAChangeAllTheSame()
    {
        var request = new RenewalRequest { CertificatePath = "/a.crt", Rule = new RenewalRule.ExpiresIn(TimeSpan.FromHours(8)) };
        var report = new RenewalReport(request, new FakeTimeProvider());
        var leaf = TestAuthority.Default.Issue(new LeafSpec { NotAfter = new LeafSpec().NotBefore.AddHours(4) }).Leaf;
        report.Replaced(leaf);
        var result = report.Failed(new RenewalException(ErrorId.KeyMismatch, "x", "y"));
        Assert.Equal((true, leaf.SerialNumber, null), (result.Changed, result.SerialNumber, result.NextRenewal));
    }
}
