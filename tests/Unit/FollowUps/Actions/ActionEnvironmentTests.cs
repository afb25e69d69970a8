using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Unit.FollowUps.Actions;

public sealed class ActionEnvironmentTests
{
    private static readonly ActionSubject One = new(
        "web", "/etc/ssl/web.crt", "/etc/ssl/web.key", "0A", "0B", "AA", "BB", new DateTimeOffset(2026, 5, 1, 2, 30, 0, TimeSpan.FromHours(2)));

    [Fact]
    public void Describe_OneCertificate_GivesItsValues()
    {
        Assert.Equal(
            new SortedDictionary<string, string?>
            {
                ["STEPCARENEW_COUNT"] = "1",
                ["STEPCARENEW_NAME"] = "web",
                ["STEPCARENEW_CERTIFICATE_PATH"] = "/etc/ssl/web.crt",
                ["STEPCARENEW_KEY_PATH"] = "/etc/ssl/web.key",
                ["STEPCARENEW_OLD_SERIAL"] = "0A",
                ["STEPCARENEW_SERIAL"] = "0B",
                ["STEPCARENEW_OLD_THUMBPRINT"] = "AA",
                ["STEPCARENEW_THUMBPRINT"] = "BB",
                ["STEPCARENEW_NOT_AFTER"] = "2026-05-01T00:30:00Z",
            },
            new SortedDictionary<string, string?>(ActionEnvironment.Describe([One]).ToDictionary()));
    }

    [Fact]
    public void Describe_SeveralCertificates_GivesOneLineForEach()
    {
        var variables = ActionEnvironment.Describe([One, One with { Name = "mail", OldThumbprint = null }]);
        Assert.Equal("2", variables["STEPCARENEW_COUNT"]);
        Assert.Equal("web\nmail", variables["STEPCARENEW_NAME"]);
        Assert.Equal("AA\n", variables["STEPCARENEW_OLD_THUMBPRINT"]);
    }

    [Fact]
    public void Describe_UnknownValue_RemovesTheVariable() =>
        Assert.Null(ActionEnvironment.Describe([One with { OldThumbprint = null }])["STEPCARENEW_OLD_THUMBPRINT"]);

    [Fact]
    public void Describe_TooManyCertificates_RemovesTheLongVariables()
    {
        var variables = ActionEnvironment.Describe([.. Enumerable.Repeat(One, 10_000)]);
        Assert.Equal("10000", variables["STEPCARENEW_COUNT"]);
        Assert.Null(variables["STEPCARENEW_CERTIFICATE_PATH"]);
    }
}
