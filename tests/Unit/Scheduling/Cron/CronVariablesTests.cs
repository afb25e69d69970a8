using StepCaRenew.Scheduling.Cron;

namespace StepCaRenew.Unit.Scheduling.Cron;

public sealed class CronVariablesTests
{
    [Fact]
    public void Parse_LinesOfACrontab_ReturnsTheVariables()
    {
        var variables = CronVariables.Parse(["# X=comment", "SHELL=/bin/sh", " XDG_CONFIG_HOME = \"/srv/our own\" ", "'A'='b'", "*/5 * * * * Y=1 command", "7 * * * * root Z=1", "Q=\""]);
        Assert.Equal(new Dictionary<string, string> { ["SHELL"] = "/bin/sh", ["XDG_CONFIG_HOME"] = "/srv/our own", ["A"] = "b", ["Q"] = "\"" }, variables);
    }
}
