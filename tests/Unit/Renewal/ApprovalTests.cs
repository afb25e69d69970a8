using System.Globalization;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;

namespace StepCaRenew.Unit.Renewal;

public sealed class ApprovalTests
{
    [Fact]
    public async Task ForRenewal_InAnotherCulture_ShowsTheTimeAsEverywhere()
    {
        var culture = CultureInfo.CurrentCulture;
        string? asked = null;
        try
        {
            CultureInfo.CurrentCulture = ForeignCulture.Instance;
            var request = new RenewalRequest
            {
                CertificatePath = "/a.crt",
                ApproveAsync = (plan, _) =>
                {
                    asked = plan.Action;
                    return Task.FromResult(false);
                },
            };
            var name = TestAuthority.Default.Issue().Leaf.SubjectName.RawData;
            var until = new DateTimeOffset(new DateTime(2026, 11, 28, 14, 5, 0, DateTimeKind.Local));
            await new Approval(request).ForRenewalAsync(new PairFacts("/a.crt", "/a.key", "EC P-256", name, "01", new(until.AddDays(-1), until, 0)), default);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }

        Assert.EndsWith("valid until 2026-11-28 14:05:00", asked, StringComparison.Ordinal);
    }
}
