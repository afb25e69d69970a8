using FsCheck;
using FsCheck.Fluent;
using StepCaRenew.Policy;
using static StepCaRenew.Unit.Policy.Properties;

namespace StepCaRenew.Unit.Policy;

public sealed class RenewalPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // The largest error of rounding to a tick.
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Theory]
    [InlineData(0.0, "16:00:00")]
    [InlineData(0.5, "14:48:00")]
    [InlineData(0.999999999, "13:36:00")]
    public void DueTime_DayAndSpread_IsTwoThirdsLessUpToATenth(double spread, string expected)
    {
        var due = RenewalPolicy.DueTime(new CertificateValidity(Start, Start.AddDays(1), spread), RenewalRule.Default);
        Assert.Equal(TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture).TotalSeconds, (due - Start).TotalSeconds, 0.001);
    }

    [Fact]
    public void DueTime_AnyCertificate_HasAJitterBelowATenth() => Hold(Validities, certificate =>
    {
        var jitter = certificate.NotBefore + certificate.Lifetime * 2 / 3 - RenewalPolicy.DueTime(certificate, RenewalRule.Default);
        return jitter >= TimeSpan.Zero && jitter < certificate.Lifetime / 10;
    });

    [Fact]
    public void DueTime_AnyCertificate_IsWithinTheLifetime() => Hold(Validities, certificate =>
        RenewalPolicy.DueTime(certificate, RenewalRule.Default) is var due && due > certificate.NotBefore && due < certificate.NotAfter);

    [Fact]
    public void Decide_AnyTwoMoments_OnceDueStaysDue() => Hold(Validities, Shares, (certificate, share) =>
    {
        var now = certificate.NotBefore + certificate.Lifetime * share;
        return !RenewalPolicy.Decide(certificate, RenewalRule.Default, now).IsDue
            || RenewalPolicy.Decide(certificate, RenewalRule.Default, now.AddSeconds(1)).IsDue;
    });

    [Fact]
    public void Decide_AnyMoment_IsDueExactlyFromTheDueTimeOn() => Hold(Validities, certificate =>
    {
        var due = RenewalPolicy.DueTime(certificate, RenewalRule.Default);
        return RenewalPolicy.Decide(certificate, RenewalRule.Default, due).IsDue
            && !RenewalPolicy.Decide(certificate, RenewalRule.Default, due - Tick).IsDue;
    });

    [Fact]
    public void Decide_AnyMoment_NamesTheSameTime() => Hold(Validities, Shares, (certificate, share) =>
        RenewalPolicy.Decide(certificate, RenewalRule.Default, certificate.NotBefore + certificate.Lifetime * share).RenewAfter
            == RenewalPolicy.DueTime(certificate, RenewalRule.Default));

    [Fact]
    public void Decide_Force_IsDueAndChangesNothingElse() => Hold(Validities, Shares, (certificate, share) =>
    {
        var now = certificate.NotBefore + certificate.Lifetime * share;
        return RenewalPolicy.Decide(certificate, RenewalRule.Force, now) == new RenewalDecision(true, RenewalPolicy.DueTime(certificate, RenewalRule.Default));
    });

    [Fact]
    public void DueTime_ExpiresIn_LeavesNoMoreThanThatAndAtMostATwentiethLess() => Hold(Validities, Arb.From(Gen.Choose(1, 999)), (certificate, thousandth) =>
    {
        var remaining = TimeSpan.FromTicks(certificate.Lifetime.Ticks / 1000 * thousandth);
        var left = certificate.NotAfter - RenewalPolicy.DueTime(certificate, new RenewalRule.ExpiresIn(remaining));
        return left >= remaining && left <= remaining + remaining / 20 && left <= certificate.Lifetime;
    });

    [Fact]
    public void DueTime_ExpiresInAlmostTheLifetime_IsNotBeforeItBegins()
    {
        var certificate = new CertificateValidity(Start, Start.AddHours(1), 0.99);
        Assert.Equal(Start, RenewalPolicy.DueTime(certificate, new RenewalRule.ExpiresIn(TimeSpan.FromMinutes(59))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void DueTime_ExpiresInMoreThanTheLifetime_IsAnErrorThatNamesBoth(int more)
    {
        var certificate = new CertificateValidity(Start, Start.AddHours(36), 0.5);
        var e = Expect.Failure(
            ErrorId.ExpiresInTooLong, () => RenewalPolicy.DueTime(certificate, new RenewalRule.ExpiresIn(TimeSpan.FromHours(36 + more))));
        Assert.Contains("1d 12h", e.Message, StringComparison.Ordinal);
    }

    // As in step, which refuses what is longer.
    [Fact]
    public void DueTime_ExpiresInTheLifetime_IsTheBeginning()
    {
        var certificate = new CertificateValidity(Start, Start.AddHours(36), 0.5);
        Assert.Equal(Start, RenewalPolicy.DueTime(certificate, new RenewalRule.ExpiresIn(TimeSpan.FromHours(36))));
    }

    [Fact]
    public void Decide_ForcedExpiresInTooLong_IsAnErrorAsWell()
    {
        var rule = new RenewalRule.ExpiresIn(TimeSpan.FromDays(2)) { IsForced = true };
        Expect.Failure(ErrorId.ExpiresInTooLong, () => RenewalPolicy.Decide(new CertificateValidity(Start, Start.AddDays(1), 0), rule, Start));
    }

    // step certificate needs-renewal: due where floor(percent used) >= P, counted in whole numbers here.
    [Fact]
    public void Decide_ElapsedPercent_CountsAsStepDoes() => Hold(
        Validities,
        Arb.From(from percent in Gen.Choose(1, 99) from at in Gen.Choose(-1, 1) from share in Gen.Choose(0, 100) select (percent, at, share)),
        (certificate, x) =>
        {
            var lifetime = (long)certificate.Lifetime.TotalSeconds;
            // Around the very second, and anywhere.
            foreach (var used in new[] { lifetime * x.percent / 100 + x.at, lifetime * x.share / 100 })
            {
                var expected = (long)Math.Floor(100m * used / lifetime) >= x.percent;
                var rule = new RenewalRule.ElapsedPercent(x.percent);
                if (RenewalPolicy.Decide(certificate, rule, certificate.NotBefore.AddSeconds(used)).IsDue != expected)
                    return false;
            }

            return true;
        });

    [Theory]
    [InlineData("always", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("no end", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("nothing at the end of time", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("nothing at its beginning", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [InlineData("a tick", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.0000001Z")]
    [InlineData("less than nothing", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z")]
    [InlineData("backwards through all time", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00Z")]
    public void Decide_ExtremeValidity_ThrowsOnlyRenewalExceptions(string name, string from, string to)
    {
        var (start, end) = (Parse(from), Parse(to));
        RenewalRule[] rules =
        [
            RenewalRule.Default, RenewalRule.Force, new RenewalRule.ElapsedPercent(0.001), new RenewalRule.ElapsedPercent(99.999),
            new RenewalRule.ExpiresIn(Tick), new RenewalRule.ExpiresIn(TimeSpan.FromDays(1)), new RenewalRule.ExpiresIn(TimeSpan.MaxValue),
            new RenewalRule.ExpiresIn(end - start > Tick ? end - start - Tick : Tick),
        ];
        foreach (var certificate in new[] { 0, 0.5, 1 - 1e-15 }.Select(spread => new CertificateValidity(start, end, spread)))
        {
            foreach (var (rule, now) in from rule in rules from now in new[] { DateTimeOffset.MinValue, Start, DateTimeOffset.MaxValue } select (rule, now))
            {
                _ = certificate.ElapsedPercent(now);
                try
                {
                    _ = RenewalPolicy.Decide(certificate, rule, now);
                }
                catch (RenewalException e)
                {
                    Assert.True(e.ErrorId == ErrorId.ExpiresInTooLong, name);
                }
            }
        }
    }

    [Theory]
    [InlineData(-6, -25)]
    [InlineData(0, 0)]
    [InlineData(12, 50)]
    [InlineData(24, 100)]
    [InlineData(48, 200)]
    public void ElapsedPercent_Hours_IsTheShare(int hours, double expected) =>
        Assert.Equal(expected, new CertificateValidity(Start, Start.AddDays(1), 0).ElapsedPercent(Start.AddHours(hours)));

    [Fact]
    public void ElapsedPercent_NoLifetime_IsOver() => Assert.Equal(100, new CertificateValidity(Start, Start, 0).ElapsedPercent(Start));

    private static DateTimeOffset Parse(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
