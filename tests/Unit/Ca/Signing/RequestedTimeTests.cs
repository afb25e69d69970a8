using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Ca.Signing;

namespace StepCaRenew.Unit.Ca.Signing;

public sealed class RequestedTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Now);

    public RequestedTimeTests() => clock.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), "test", "test"));

    [Theory]
    [InlineData("2d", "48h0m0s")]
    [InlineData("1d12h", "36h0m0s")]
    [InlineData("90m", "1h30m0s")]
    [InlineData("1h30m15s", "1h30m15s")]
    [InlineData("1.5s", "0h0m1.5s")]
    [InlineData("-5m", "-0h5m0s")]
    [InlineData("08:00:00", "8h0m0s")]
    [InlineData("2.00:00:00", "48h0m0s")]
    [InlineData("365d", "8760h0m0s")]
    public void Parse_Duration_IsOneOfGo(string text, string go) => Assert.Equal(go, RequestedTime.Parse(text, clock).Text);

    [Theory]
    [InlineData("2026-12-24", "2026-12-23T22:00:00Z")]
    [InlineData("2026-12-24T18:00", "2026-12-24T16:00:00Z")]
    [InlineData("2026-12-24 18:00:30", "2026-12-24T16:00:30Z")]
    [InlineData("2026-12-24T18:00:00Z", "2026-12-24T18:00:00Z")]
    [InlineData("2026-12-24T18:00:00.123Z", "2026-12-24T18:00:00Z")]
    [InlineData("2026-12-24T18:00:00-08:00", "2026-12-25T02:00:00Z")]
    [InlineData("12/24/2026 18:00:00", "2026-12-24T16:00:00Z")]
    public void Parse_Date_IsRfc3339InUtc(string text, string utc)
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = ForeignCulture.Instance;
            Assert.Equal(utc, RequestedTime.Parse(text, clock).Text);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("48")]
    [InlineData("2026-13-45")]
    [InlineData("24.12.2026")]
    [InlineData("400000d")]
    [InlineData("1y")]
    [InlineData("2h\"}")]
    public void Parse_Others_AreRefused(string text) => Expect.Failure(ErrorId.InvalidDuration, () => RequestedTime.Parse(text, clock));

    [Theory]
    [InlineData(null, "1s")]
    [InlineData("-1h", "61m")]
    [InlineData("2026-07-02", "1h")]
    [InlineData("2d", "2026-12-24")]
    [InlineData("-1h", null)]
    public void RequireOrder_EndAfterNowAndBeginning_IsFine(string? begin, string? end) => Require(begin, end);

    [Theory]
    [InlineData(null, "0s")]
    [InlineData(null, "-1h")]
    [InlineData(null, "2026-06-30")]
    [InlineData("-2h", "1h")]
    [InlineData("2d", "2026-07-02")]
    [InlineData("1h", "0s")]
    [InlineData("9999-12-24", "100000d")]
    public void RequireOrder_Others_AreRefused(string? begin, string? end) =>
        Expect.Failure(ErrorId.InvalidDuration, () => Require(begin, end));

    private void Require(string? begin, string? end) => RequestedTime.RequireOrder(
        begin is null ? null : RequestedTime.Parse(begin, clock), end is null ? null : RequestedTime.Parse(end, clock), Now);
}
