using System.Globalization;
using FsCheck.Fluent;
using StepCaRenew.Policy;
using static StepCaRenew.Unit.Policy.Properties;

namespace StepCaRenew.Unit.Policy;

public sealed class DurationTests
{
    [Theory]
    [InlineData("60s", 60)]
    [InlineData("90m", 5400)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5h", 5400)]
    [InlineData(".5h", 1800)]
    [InlineData("1.h", 3600)]
    [InlineData("2d12h", 216_000)]
    [InlineData("1d", 86_400)]
    [InlineData("1500ms", 1.5)]
    [InlineData("250us", 0.00025)]
    [InlineData("250\u00b5s", 0.00025)]
    [InlineData("250\u03bcs", 0.00025)]
    [InlineData("100ns", 0.0000001)]
    [InlineData("+5m", 300)]
    [InlineData("-5m", -300)]
    [InlineData("0s", 0)]
    [InlineData(" 8h ", 28_800)]
    [InlineData("08:00:00", 28_800)]
    [InlineData("00:01:30", 90)]
    [InlineData("1.02:00:00", 93_600)]
    [InlineData("1:02:00:00", 93_600)]
    [InlineData("1.02:00:00.5", 93_600.5)]
    [InlineData("23:59", 86_340)]
    [InlineData("-00:00:30", -30)]
    [InlineData("1h1h", 7200)]
    [InlineData("292y", double.NaN)]
    [InlineData("100000000d", double.NaN)]
    [InlineData("99999999999999999999999999999999h", double.NaN)]
    [InlineData("99999999999999999999999999h99999999999999999999999999h", double.NaN)]
    [InlineData("", double.NaN)]
    [InlineData("h", double.NaN)]
    [InlineData("1h ", 3600)]
    [InlineData("1 h", double.NaN)]
    [InlineData("1H", double.NaN)]
    [InlineData("1h-5m", double.NaN)]
    [InlineData("1,5h", double.NaN)]
    [InlineData("--1h", double.NaN)]
    [InlineData("1..5h", double.NaN)]
    [InlineData("PT1H", double.NaN)]
    [InlineData("\u0663h", double.NaN)]
    [InlineData("1h\n2m", double.NaN)]
    [InlineData("25:61:00", double.NaN)]
    [InlineData("soon", double.NaN)]
    public void Parse_Text_IsADurationOrAnError(string text, double seconds)
    {
        if (double.IsNaN(seconds))
        {
            Expect.Failure(ErrorId.InvalidDuration, () => Duration.Parse(text));
            return;
        }

        Assert.Equal((decimal)seconds * TimeSpan.TicksPerSecond, Duration.Parse(text).Ticks);
    }

    // .NET reads the first of three numbers as days where it is above 23: a month instead of a day and a half.
    [Theory]
    [InlineData("24:00:00")]
    [InlineData("36:00:00")]
    [InlineData("-36:00:00")]
    [InlineData("36:00:00.5")]
    [InlineData("48:00")]
    public void Parse_HoursAboveTheDay_IsAnErrorAndNotDays(string text) => Expect.Failure(ErrorId.InvalidDuration, () => Duration.Parse(text));

    [Theory]
    [InlineData("60")]
    [InlineData("1.5")]
    [InlineData("-3")]
    public void Parse_BareNumber_SaysHowToWriteIt(string text)
    {
        var e = Expect.Failure(ErrorId.InvalidDuration, () => Duration.Parse(text));
        Assert.Contains(text + "s", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e5")]
    public void Parse_TextThatIsNotANumberWithoutUnit_ProposesNoUnit(string text)
    {
        var e = Expect.Failure(ErrorId.InvalidDuration, () => Duration.Parse(text));
        Assert.DoesNotContain(text + "s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OutputOfGo_IsReadBack() => Hold(
        Arb.From(from high in Gen.Choose(int.MinValue, int.MaxValue) from low in Gen.Choose(0, int.MaxValue) from shift in Gen.Choose(0, 40) select (((long)high << 31) | (long)low) >> shift),
        ticks => Duration.Parse(GoText(ticks)).Ticks == ticks);

    [Fact]
    public void Parse_OutputOfFormat_IsReadBackToItsTwoUnits() => Hold(
        Arb.From(Gen.Choose(0, int.MaxValue)),
        seconds => (TimeSpan.FromSeconds(seconds) - Duration.Parse(Duration.Format(TimeSpan.FromSeconds(seconds)).Replace(" ", string.Empty, StringComparison.Ordinal)))
            .TotalSeconds is >= 0 and var lost && lost <= seconds / 24.0);

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.0015, "1.5ms")]
    [InlineData(45, "45s")]
    [InlineData(90, "1m 30s")]
    [InlineData(3600, "1h")]
    [InlineData(51_720, "14h 22m")]
    [InlineData(183_600, "2d 3h")]
    [InlineData(86_700, "1d")]
    [InlineData(-51_720, "-14h 22m")]
    public void Format_Duration_HasItsTwoGreatestUnits(double seconds, string expected) => Assert.Equal(expected, Duration.Format(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Format_LongestDurations_DoNotThrow()
    {
        Assert.Equal("10675199d 2h", Duration.Format(TimeSpan.MaxValue));
        Assert.Equal("-10675199d 2h", Duration.Format(TimeSpan.MinValue));
    }

    [Fact]
    public void ParseAndFormat_OtherCulture_AreTheSame()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = ForeignCulture.Instance;
            Assert.Equal(TimeSpan.FromMinutes(90), Duration.Parse("1.5h"));
            Assert.Equal(TimeSpan.FromSeconds(90), Duration.Parse("00:01:30"));
            Expect.Failure(ErrorId.InvalidDuration, () => Duration.Parse("1,5h"));
            Assert.Equal("1.5ms", Duration.Format(TimeSpan.FromMilliseconds(1.5)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("-1s")]
    public void ParsePositive_ZeroOrLess_IsAnError(string text) => Expect.Failure(ErrorId.InvalidDuration, () => Duration.ParsePositive(text));

    [Fact]
    public void ParseNotNegative_Zero_IsFineAndLessIsNot()
    {
        Assert.Equal(TimeSpan.Zero, Duration.ParseNotNegative("0s"));
        Expect.Failure(ErrorId.InvalidDuration, () => Duration.ParseNotNegative("-1ns0.1s"));
    }

    // time.Duration.String of Go, for the precision that a TimeSpan has.
    private static string GoText(long ticks)
    {
        var d = new TimeSpan(ticks);
        var sign = ticks < 0 ? "-" : string.Empty;
        var a = (decimal)Math.Abs((double)ticks) == 0 ? 0 : Math.Abs((decimal)ticks);
        if (a == 0)
            return "0s";
        if (a < TimeSpan.TicksPerMillisecond)
            return $"{sign}{Number(a / TimeSpan.TicksPerMicrosecond)}\u00b5s";
        if (a < TimeSpan.TicksPerSecond)
            return $"{sign}{Number(a / TimeSpan.TicksPerMillisecond)}ms";
        var hours = decimal.Truncate(a / TimeSpan.TicksPerHour);
        var minutes = decimal.Truncate(a / TimeSpan.TicksPerMinute) % 60;
        var seconds = Number(a / TimeSpan.TicksPerSecond % 60);
        return sign + (hours > 0 ? $"{hours}h{minutes}m{seconds}s" : minutes > 0 ? $"{minutes}m{seconds}s" : $"{seconds}s");
    }

    private static string Number(decimal value) => value.ToString("0.#######", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("24h", true)]
    [InlineData("1d1ms", false)]
    [InlineData("60d", false)]
    [InlineData("10000000d", false)]
    [InlineData("-1s", false)]
    public void ParseTimeout_AndPatience_EndAtADay(string text, bool isTaken)
    {
        foreach (var parse in new[] { Duration.ParseTimeout, Duration.ParseLongestWait })
        {
            if (isTaken)
                Assert.Equal(TimeSpan.FromDays(1), parse(text));
            else
                Expect.Failure(ErrorId.InvalidDuration, () => parse(text));
        }
    }

    [Fact]
    public void ParseTimeout_TooLong_NamesTheLongest() =>
        Assert.Contains("24h", Assert.Throws<RenewalException>(() => Duration.ParseTimeout("60d")).Remedy, StringComparison.Ordinal);

    [Fact]
    public void ParsePatience_TakesZero_ParseTimeoutDoesNot()
    {
        Assert.Equal(TimeSpan.Zero, Duration.ParseLongestWait("0s"));
        Expect.Failure(ErrorId.InvalidDuration, () => Duration.ParseTimeout("0s"));
    }
}
