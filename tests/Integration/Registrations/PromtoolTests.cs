using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using StepCaRenew.Monitoring;

namespace StepCaRenew.Integration.Registrations;

/// <summary>The metrics, the alerts and the dashboard of docs/monitoring, by the tool of Prometheus.</summary>
public sealed partial class PromtoolTests
{
    private static string Docs => Path.Combine(Repository.Require(), "docs", "monitoring");

    [Fact]
    public void Metrics_AreAcceptedWithoutLint()
    {
        CertificateMetrics Full(string? name, string path) => MetricFamily.All.Aggregate(new CertificateMetrics(name, path) { Version = "1.2.3" }, (one, family) => family.Write(one, 1_764_460_800));
        var text = MetricText.Render([Full("web", "/etc/ssl/web.crt"), Full(null, "/a\"b\\c\nd\te\r{}=, é😀.crt"), Full("we\"b", @"C:\ssl\web.crt"), new CertificateMetrics("broken", null) { Failing = 1 }]);
        Assert.Equal((0, string.Empty), Run(text, "check", "metrics"));
        // The tool would complain.
        Assert.Equal(3, Run("# TYPE a gauge\na 1\n"u8.ToArray(), "check", "metrics").ExitCode);
    }

    [Fact]
    public void Alerts_FireAsTheirScenesSay()
    {
        Assert.Equal(0, Run([], "check", "rules", Path.Combine(Docs, "alerts.yml")).ExitCode);
        var (exit, output) = Run([], "test", "rules", Path.Combine(Docs, "alerts.test.yml"));
        Assert.True(exit == 0, output);
        // Each alert fires in a scene, and rests in one.
        var scenes = File.ReadAllText(Path.Combine(Docs, "alerts.test.yml"));
        var alerts = AlertName().Matches(File.ReadAllText(Path.Combine(Docs, "alerts.yml"))).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert =>
        {
            Assert.Matches($"alertname: {alert}\\s+exp_alerts:\\s+- ", scenes);
            Assert.Contains($"alertname: {alert}\n        exp_alerts: []", scenes, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("monitoring/alerts.yml")]
    [InlineData("monitoring/dashboard.json")]
    [InlineData("monitoring.md")]
    public void Docs_NameOnlyMetricsThatExist(string file)
    {
        var text = File.ReadAllText(Path.Combine(Docs, "..", file));
        if (file.EndsWith(".json", StringComparison.Ordinal))
        {
            using var json = JsonDocument.Parse(text);
            Assert.NotEmpty(json.RootElement.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray()));
        }

        var known = MetricFamily.All.Select(family => family.Name).Append(MetricFamily.BuildInfo).ToList();
        var named = MetricName().Matches(text).Select(match => match.Value).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(known));
        if (file.EndsWith(".md", StringComparison.Ordinal))
            Assert.Empty(known.Except(named));
    }

    private static (int ExitCode, string Output) Run(byte[] input, params string[] arguments)
    {
        Tool.Require("promtool");
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    [GeneratedRegex(@"stepcarenew_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"alert: (\w+)")]
    private static partial Regex AlertName();
}
