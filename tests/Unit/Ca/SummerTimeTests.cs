using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Ca;
using StepCaRenew.Policy;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca;

/// <summary>At the end of summer time an hour comes twice: local times run backwards, and .NET gives the times of certificates in local time.</summary>
[Collection(LocalTimeZone.Collection)]
public sealed class SummerTimeTests
{
    // In Berlin 2:50 summer time, and 2:30 winter time, forty minutes later.
    private static readonly DateTimeOffset OldEnd = new(2026, 10, 25, 0, 50, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NewEnd = new(2026, 10, 25, 1, 30, 0, TimeSpan.Zero);

    private static readonly TestAuthority Ca = TestAuthority.Default;

    [Fact]
    public void Verify_NewEndInTheRepeatedHour_IsLater()
    {
        using var berlin = new LocalTimeZone("Europe/Berlin");
        var now = OldEnd.AddMinutes(-20);
        var old = Ca.Issue(new LeafSpec { NotBefore = OldEnd.AddHours(-1), NotAfter = OldEnd });
        using var roots = Ca.Trust();
        using var renewed = Ca.Issue(new LeafSpec { NotBefore = now, NotAfter = NewEnd, Key = old.Key }).Leaf;
        new AnswerVerifier(roots, new FakeTimeProvider(now)).Verify(new CaAnswer(renewed, [Ca.Intermediate]), Expectation.FromCertificate(old.Leaf, old.PrivateKey, mayEndThen: false));
    }

    [Fact]
    public void Verify_WrongEnd_IsNamedInUtc()
    {
        using var berlin = new LocalTimeZone("Europe/Berlin");
        var old = Ca.Issue(new LeafSpec { NotBefore = OldEnd.AddHours(-1), NotAfter = OldEnd });
        using var roots = Ca.Trust();
        using var earlier = Ca.Issue(new LeafSpec { NotBefore = OldEnd.AddHours(-1), NotAfter = OldEnd.AddMinutes(-5), Key = old.Key }).Leaf;
        var verifier = new AnswerVerifier(roots, new FakeTimeProvider(OldEnd.AddMinutes(-20)));
        var e = Expect.Failure(ErrorId.AnswerEndsEarlier, () => verifier.Verify(new CaAnswer(earlier, [Ca.Intermediate]), Expectation.FromCertificate(old.Leaf, old.PrivateKey, mayEndThen: false)));
        Assert.Contains("2026-10-25 00:45:00Z", e.Message, StringComparison.Ordinal);
        Assert.Contains("2026-10-25 00:50:00Z", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Pacific/Kiritimati")]
    public void FromCertificate_AnyZone_IsTheSameMoment(string zone)
    {
        using var local = new LocalTimeZone(zone);
        foreach (var end in new[] { OldEnd, NewEnd, new DateTimeOffset(2026, 3, 29, 1, 30, 0, TimeSpan.Zero) })
        {
            using var leaf = Ca.Issue(new LeafSpec { NotBefore = end.AddHours(-1), NotAfter = end }).Leaf;
            var validity = CertificateValidity.FromCertificate(leaf);
            Assert.Equal(end.AddHours(-1), validity.NotBefore);
            Assert.Equal(end, validity.NotAfter);
            Assert.Equal(TimeSpan.FromHours(1), validity.Lifetime);
        }
    }
}
