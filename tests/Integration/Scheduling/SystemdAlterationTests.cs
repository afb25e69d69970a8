using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>Every alteration of an installed timer or service is reported, and corrected by a second registration.</summary>
public sealed class SystemdAlterationTests
{
    private static readonly Dictionary<string, (Action<FakeSystemctl> Alter, string Named)> Alterations = new()
    {
        ["calendar"] = (machine => machine.Edit(machine.Units.Timer, "*:07/15:23", "*:00/15:00"), "OnCalendar is '*:00/15:00' instead of '*:07/15:23'"),
        ["second calendar"] = (machine => machine.Edit(machine.Units.Timer, "OnCalendar=*:07/15:23", "OnCalendar=*:07/15:23\nOnCalendar=daily"), "OnCalendar is '*:07/15:23', 'daily' instead of"),
        ["persistent"] = (machine => machine.Edit(machine.Units.Timer, "Persistent=false", "Persistent=true"), "Persistent is 'true' instead of 'false'"),
        ["accuracy"] = (machine => machine.Edit(machine.Units.Timer, "AccuracySec=1s\n", ""), "AccuracySec=1s is missing in [Timer]"),
        ["random delay"] = (machine => machine.Edit(machine.Units.Timer, "AccuracySec=1s", "AccuracySec=1s\nRandomizedDelaySec=5m"), "RandomizedDelaySec=5m in [Timer] should not be there"),
        ["boot"] = (machine => machine.Edit(machine.Units.Timer, "OnActiveSec=83s", "OnActiveSec=2h"), "OnActiveSec is '2h' instead of '83s'"),
        ["other unit"] = (machine => machine.Edit(machine.Units.Timer, "Unit=stepcarenew-web", "Unit=stepcarenew-mail"), @"Unit is 'stepcarenew-mail\x2d1.local.service'"),
        ["wanted by"] = (machine => machine.Edit(machine.Units.Timer, "timers.target", "multi-user.target"), "WantedBy is 'multi-user.target'"),
        ["section"] = (machine => machine.Edit(machine.Units.Timer, "[Timer]", "[Timers]"), "Persistent=false is missing in [Timer]"),
        ["timer deleted"] = (machine => File.Delete(machine.Units.Timer.Path), ".timer is missing"),
        ["timer disabled"] = (machine => File.Delete(machine.At($"enabled-{machine.Units.Timer.Name}")), "it is not enabled (disabled)"),
        ["timer stopped"] = (machine => File.Delete(machine.At($"active-{machine.Units.Timer.Name}")), "it is not active (inactive)"),
        ["timer mode"] = (machine => Mode(machine.Units.Timer), "the mode is 0666 instead of 0644"),
        ["not reloaded"] = (machine => File.WriteAllText(machine.At("stale"), ""), "systemd has not read the present file"),
        ["service deleted"] = (machine => File.Delete(machine.Units.Service.Path), ".service is missing"),
        ["command"] = (machine => machine.Edit(machine.Units.Service, "Invoke-StepRenewal", "Remove-Item"), "ExecStart is '"),
        ["user"] = (machine => machine.Edit(machine.Units.Service, "User=root", "User=nobody"), "User is 'nobody' instead of 'root'"),
        ["second command"] = (machine => machine.Edit(machine.Units.Service, "UMask=0022", "UMask=0022\nExecStartPost=/bin/evil"), "ExecStartPost=/bin/evil in [Service] should not be there"),
        ["type"] = (machine => machine.Edit(machine.Units.Service, "Type=oneshot", "Type=simple"), "Type is 'simple' instead of 'oneshot'"),
        ["time limit"] = (machine => machine.Edit(machine.Units.Service, "TimeoutStartSec=3600s\n", ""), "TimeoutStartSec=3600s is missing"),
        ["hardening"] = (machine => machine.Edit(machine.Units.Service, "ProtectSystem=strict", "ProtectSystem=no"), "ProtectSystem is 'no' instead of 'strict'"),
        ["folder"] = (machine => machine.Edit(machine.Units.Service, "ReadWritePaths=-/etc/ssl/private\n", ""), "ReadWritePaths is '-/var/lib/stepcarenew' instead of"),
        ["environment"] = (machine => machine.Edit(machine.Units.Service, "TELEMETRY_OPTOUT=1", "TELEMETRY_OPTOUT=0"), "Environment is 'POWERSHELL_TELEMETRY_OPTOUT=0'"),
        ["service mode"] = (machine => Mode(machine.Units.Service), "the mode is 0666 instead of 0644"),
    };

    public static TheoryData<string> Names() => [.. Alterations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Alteration_IsReported_AndCorrected(string name)
    {
        using var machine = new FakeSystemctl();
        await machine.InstallAsync();
        var (alter, named) = Alterations[name];
        alter(machine);
        var found = await machine.FindAsync();
        Assert.True(found.Exists);
        Assert.Contains(found.Differences, difference => difference.Contains(named, StringComparison.Ordinal));
        Assert.All(found.Differences, difference => Assert.Contains("stepcarenew-web", difference, StringComparison.Ordinal));
        Assert.True(await machine.InstallAsync());
        Assert.Empty((await machine.FindAsync()).Differences);
        Assert.False(await machine.InstallAsync());
    }

    [Fact]
    public async Task CommentsAndOrder_AreNotReported()
    {
        using var machine = new FakeSystemctl();
        await machine.InstallAsync();
        machine.Edit(machine.Units.Timer, "Persistent=false\nAccuracySec=1s", "# why not\nAccuracySec = 1s\nPersistent=false");
        Assert.True((await machine.FindAsync()).IsHealthy);
        Assert.False(await machine.InstallAsync());
    }

    [Fact]
    public async Task DropIn_IsReported_AndNotChanged()
    {
        using var machine = new FakeSystemctl();
        await machine.InstallAsync();
        Directory.CreateDirectory(machine.Units.Timer.Path + ".d");
        await File.WriteAllTextAsync(machine.Units.Timer.Path + ".d/override.conf", "[Timer]\nOnCalendar=\n");
        Assert.Contains("override.conf' changes the unit", Assert.Single((await machine.FindAsync()).Differences), StringComparison.Ordinal);
        Assert.False(await machine.InstallAsync());
        Assert.True(File.Exists(machine.Units.Timer.Path + ".d/override.conf"));
    }

    [Fact]
    public async Task UserWithoutLinger_IsReported()
    {
        using var machine = new FakeSystemctl(RenewalScope.CurrentUser);
        await machine.InstallAsync();
        Assert.True((await machine.FindAsync()).IsHealthy);
        await File.WriteAllTextAsync(machine.At("linger"), "no");
        Assert.Contains("loginctl enable-linger", Assert.Single((await machine.FindAsync()).Differences), StringComparison.Ordinal);
        Assert.False(await machine.InstallAsync());
    }

    [Fact]
    public async Task Systemctl_ThatCannotAnswer_IsAnError()
    {
        using var machine = new FakeSystemctl();
        await machine.InstallAsync();
        await File.WriteAllTextAsync(machine.At("fail-show"), "");
        Assert.Equal(ErrorId.SchedulerFailed, (await Assert.ThrowsAsync<RenewalException>(machine.FindAsync)).ErrorId);
    }

    private static void Mode(ScheduleFile file)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file.Path, (UnixFileMode)0b110_110_110);
    }
}
