using StepCaRenew.Scheduling;

namespace StepCaRenew.Unit.Scheduling;

public sealed class ScheduledRunTests
{
    // Without this delay, all renewals of a machine, and all machines after a power cut, would start in the same second.
    [Fact]
    public void StartDelay_AllPhases_IsSpreadOverTwoMinutes()
    {
        var delays = Enumerable.Range(0, 900).Select(second => (SampleRun.Create() with { Phase = TimeSpan.FromSeconds(second) }).StartDelay).ToList();
        Assert.Equal(Enumerable.Range(0, 120).Select(second => TimeSpan.FromSeconds(second)), delays.Distinct().Order());
        Assert.All(delays.GroupBy(delay => delay), same => Assert.InRange(same.Count(), 7, 8));
        Assert.Equal(TimeSpan.FromSeconds(83), SampleRun.Create().StartDelay);
    }
}

public sealed class RunCommandTests
{
    [Fact]
    public void ForRenewal_AnyRenewal_HasOnlyTheModuleAndTheName() => Assert.Equal(
        ["-NoProfile", "-NonInteractive", "-Command", "Import-Module 'StepCaRenew'; Invoke-StepRenewal -Name 'web' -Scheduled"],
        RunCommand.ForRenewal("/usr/bin/pwsh", "StepCaRenew", "web").Arguments);

    [Theory]
    [InlineData("/o'brien/m.psd1", "'/o''brien/m.psd1'")]
    [InlineData("/o\u2019brien/m.psd1", "'/o\u2019\u2019brien/m.psd1'")]
    [InlineData("/$HOME/`a;b/m.psd1", "'/$HOME/`a;b/m.psd1'")]
    public void ForRenewal_HostilePath_IsOneString(string module, string quoted) =>
        Assert.Contains($"Import-Module {quoted}; ", RunCommand.ForRenewal("/usr/bin/pwsh", module, "web").Arguments[3], StringComparison.Ordinal);

    [Theory]
    [InlineData("/100%/m.psd1")]
    [InlineData("/$(Arg0)/m.psd1")]
    [InlineData("/a\"b/m.psd1")]
    [InlineData("/a\nb/m.psd1")]
    public void ForRenewal_PathThatASchedulerWouldExpand_IsRefused(string path)
    {
        Assert.Equal(ErrorId.ModulePathInvalid, Assert.Throws<RenewalException>(() => RunCommand.ForRenewal("/usr/bin/pwsh", path, "web")).ErrorId);
        Assert.Equal(ErrorId.ModulePathInvalid, Assert.Throws<RenewalException>(() => RunCommand.ForRenewal(path, "StepCaRenew", "web")).ErrorId);
    }
}
