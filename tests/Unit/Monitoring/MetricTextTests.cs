using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using StepCaRenew.Monitoring;

namespace StepCaRenew.Unit.Monitoring;

public sealed class MetricTextTests
{
    internal static CertificateMetrics Full(string? name, string? path) => new(name, path)
    {
        Expiration = 1_764_460_800,
        RenewalTime = 1_764_432_000,
        Lifetime = 86_400,
        KeyMatches = 1,
        LastSuccess = 1_764_400_000,
        LastRun = 1_764_400_900,
        Failing = 0,
        PendingActions = 0,
        Interval = 900,
        Version = "1.2.3",
    };

    [Fact]
    public void Render_OneCertificate_HasHelpAndTypeAndAbsoluteTimes() => Assert.Equal(
        """
        # HELP stepcarenew_certificate_expiration_timestamp_seconds The end of the validity of the certificate.
        # TYPE stepcarenew_certificate_expiration_timestamp_seconds gauge
        stepcarenew_certificate_expiration_timestamp_seconds{name="web",path="/etc/ssl/web.crt"} 1764460800
        # HELP stepcarenew_certificate_renewal_timestamp_seconds The time from which the certificate is due.
        # TYPE stepcarenew_certificate_renewal_timestamp_seconds gauge
        stepcarenew_certificate_renewal_timestamp_seconds{name="web",path="/etc/ssl/web.crt"} 1764432000
        # HELP stepcarenew_certificate_lifetime_seconds The whole validity of the certificate, from its begin to its end.
        # TYPE stepcarenew_certificate_lifetime_seconds gauge
        stepcarenew_certificate_lifetime_seconds{name="web",path="/etc/ssl/web.crt"} 86400
        # HELP stepcarenew_key_matches Whether the private key belongs to the certificate: 1 or 0.
        # TYPE stepcarenew_key_matches gauge
        stepcarenew_key_matches{name="web",path="/etc/ssl/web.crt"} 1
        # HELP stepcarenew_renewal_last_success_timestamp_seconds The end of the last run without an error, whether the certificate was due or not.
        # TYPE stepcarenew_renewal_last_success_timestamp_seconds gauge
        stepcarenew_renewal_last_success_timestamp_seconds{name="web",path="/etc/ssl/web.crt"} 1764400000
        # HELP stepcarenew_renewal_last_run_timestamp_seconds The end of the last run.
        # TYPE stepcarenew_renewal_last_run_timestamp_seconds gauge
        stepcarenew_renewal_last_run_timestamp_seconds{name="web",path="/etc/ssl/web.crt"} 1764400900
        # HELP stepcarenew_renewal_failing Whether the last run had an error: 1 or 0.
        # TYPE stepcarenew_renewal_failing gauge
        stepcarenew_renewal_failing{name="web",path="/etc/ssl/web.crt"} 0
        # HELP stepcarenew_pending_actions Whether follow-ups of a renewal are pending: 1 or 0.
        # TYPE stepcarenew_pending_actions gauge
        stepcarenew_pending_actions{name="web",path="/etc/ssl/web.crt"} 0
        # HELP stepcarenew_renewal_interval_seconds The time between two runs of the schedule.
        # TYPE stepcarenew_renewal_interval_seconds gauge
        stepcarenew_renewal_interval_seconds{name="web",path="/etc/ssl/web.crt"} 900
        # HELP stepcarenew_build_info The version of StepCaRenew that wrote the metrics of a renewal; always 1.
        # TYPE stepcarenew_build_info gauge
        stepcarenew_build_info{name="web",version="1.2.3"} 1

        """.ReplaceLineEndings("\n"), Text([Full("web", "/etc/ssl/web.crt")]));

    [Fact]
    public void Render_AnyOrder_GivesTheSameBytes()
    {
        CertificateMetrics[] some = [Full("web", "/b"), Full(null, "/c"), Full("mail", "/a"), Full("web", "/a"), Full(null, "/B")];
        Assert.Equal(Text(some), Text(Enumerable.Reverse(some)));
    }

    [Fact]
    public void Render_AndParse_DoNotDependOnTheCulture()
    {
        var metrics = Full("web", "/a") with { RenewalTime = -1 };
        var before = (CultureInfo.CurrentCulture, Text: Text([metrics]));
        try
        {
            CultureInfo.CurrentCulture = ForeignCulture.Instance;
            Assert.Equal(before.Text, Text([metrics]));
            Assert.Equal([metrics], MetricText.Parse(Encoding.UTF8.GetBytes(before.Text)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before.CurrentCulture;
        }
    }

    [Fact]
    public void Render_UnknownValues_LeavesTheirMetricsOut()
    {
        var text = Text([new CertificateMetrics("web", null) { Failing = 1 }]);
        Assert.Equal("# HELP stepcarenew_renewal_failing Whether the last run had an error: 1 or 0.\n# TYPE stepcarenew_renewal_failing gauge\nstepcarenew_renewal_failing{name=\"web\"} 1\n", text);
    }

    [Fact]
    public void Render_TheVersion_IsOncePerRenewal()
    {
        var text = Text([Full("web", "/a"), Full("web", "/b"), Full("mail", "/c"), Full(null, "/d"), Full(null, "/e")]);
        Assert.Equal(
            ["{path=\"/d\",version=\"1.2.3\"}", "{path=\"/e\",version=\"1.2.3\"}", "{name=\"mail\",version=\"1.2.3\"}", "{name=\"web\",version=\"1.2.3\"}"],
            text.Split('\n').Where(line => line.StartsWith("stepcarenew_build_info{", StringComparison.Ordinal)).Select(line => line["stepcarenew_build_info".Length..^2]));
    }

    // The exporter drops its whole folder for a duplicate.
    [Fact]
    public void Render_TwoWithTheSameLabels_KeepsOne() =>
        Assert.Single(Text([Full("web", "/a"), Full("web", "/a") with { Failing = 1 }]).Split('\n'), line => line.StartsWith("stepcarenew_renewal_failing{", StringComparison.Ordinal));

    [Fact]
    public void Render_HalfACharacter_IsReplaced() =>
        Assert.Contains("path=\"/a\uFFFDb\"", Text([Full("web", "/a\uD800b")]), StringComparison.Ordinal);

    [Fact]
    public void Render_RandomLabels_AreReadAgain_AndEachSampleIsOneLine()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        string[] parts = ["\\", "\"", "\n", "\\n", "{", "}", "=", ",", " ", "é", "😀", "a", "#", "\r", "\t", "name=\"x\"", "} 1\nstepcarenew_evil{a=\"b"];
        for (var round = 0; round < 300; round++)
        {
            var some = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Full(Maybe(), Text())).DistinctBy(one => (one.Name, one.Path))
                .OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Path, StringComparer.Ordinal).ToList();
            var bytes = MetricText.Render(some);
            Assert.True(some.SequenceEqual(MetricText.Parse(bytes)!.OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Path, StringComparer.Ordinal)), $"Seed {seed}: {Encoding.UTF8.GetString(bytes)}");
            Assert.All(Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split('\n'), line => Assert.Matches("^(# (HELP|TYPE) stepcarenew_[a-z_]+ .+|stepcarenew_[a-z_]+\\{.*\\} -?[0-9]+)$", line));
        }

        string Text() => string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => parts[random.Next(parts.Length)]));
        string? Maybe() => random.Next(3) == 0 ? null : Text();
    }

    [Theory]
    [InlineData("up 1\n")]
    [InlineData("node_load1{} 1\n")]
    [InlineData("stepcarenew_renewal_failing{name=\"web\"} 1 1764400000\n")]
    [InlineData("stepcarenew_renewal_failing{name=\"web\"} one\n")]
    [InlineData("stepcarenew_renewal_failing{name=\"web\"}1\n")]
    [InlineData("stepcarenew_renewal_failing{name=\"web\\x\"} 1\n")]
    [InlineData("stepcarenew_renewal_failing{name=\"web} 1\n")]
    [InlineData("stepcarenew_renewal_failing{name=\"a\",name=\"b\"} 1\n")]
    [InlineData("stepcarenew_renewal_fail")]
    public void Parse_SomethingElse_IsNull(string text) => Assert.Null(MetricText.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Parse_MetricsOfALaterVersion_AreSkipped() =>
        Assert.Equal([new CertificateMetrics("web", "/a") { Failing = 1 }], MetricText.Parse("# A comment\n\nstepcarenew_later{name=\"web\",path=\"/a\"} 7\nstepcarenew_renewal_failing{name=\"web\",path=\"/a\"} 1\n"u8));

    // Alerts and dashboards name them: one that is here stays.
    [Fact]
    public void Names_AreThese()
    {
        Assert.Equal(
            [
                "stepcarenew_certificate_expiration_timestamp_seconds", "stepcarenew_certificate_renewal_timestamp_seconds", "stepcarenew_certificate_lifetime_seconds", "stepcarenew_key_matches",
                "stepcarenew_renewal_last_success_timestamp_seconds", "stepcarenew_renewal_last_run_timestamp_seconds", "stepcarenew_renewal_failing", "stepcarenew_pending_actions", "stepcarenew_renewal_interval_seconds",
            ],
            MetricFamily.All.Select(family => family.Name));
        Assert.All(MetricFamily.All, family => Assert.Matches(new Regex("^[A-Z][^\\\\\n]+\\.$"), family.Help));
    }

    // Each value is written and read by its own metric.
    [Fact]
    public void Families_WriteWhatTheyRead() => Assert.All(MetricFamily.All, family =>
    {
        var one = family.Write(new CertificateMetrics("web", "/a"), 42);
        Assert.Equal([42L], MetricFamily.All.Select(other => other.Read(one)).OfType<long>());
        Assert.Equal(42, family.Read(one));
        Assert.Equal(one, new CertificateMetrics("web", "/a").WithUnknownFrom(one));
        Assert.Equal(43, family.Read(family.Write(one, 43).WithUnknownFrom(one)));
    });

    private static string Text(IEnumerable<CertificateMetrics> metrics) => Encoding.UTF8.GetString(MetricText.Render(metrics));
}
