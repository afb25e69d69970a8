using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;

namespace StepCaRenew.Unit.Renewal;

public sealed class RenewalReportTests
{
    // A CA can shorten the lifetimes; then the rule does not fit the new certificate, which is on disk.
    [Fact]
    public void Replaced_RuleThatNoLongerFits_IsAChange()
    {
        var request = new RenewalRequest { CertificatePath = "/a.crt", Rule = new RenewalRule.ExpiresIn(TimeSpan.FromHours(8)) };
        var report = new RenewalReport(request, new FakeTimeProvider(), NullLogger.Instance);
        var leaf = TestAuthority.Default.Issue(new LeafSpec { NotAfter = new LeafSpec().NotBefore.AddHours(4) }).Leaf;
        report.Replaced(leaf, []);
        var result = report.Failed(new RenewalException(ErrorId.KeyMismatch, "x", "y"));
        Assert.Equal((true, leaf.SerialNumber, null), (result.Changed, result.SerialNumber, result.NextRenewal));
    }
}
