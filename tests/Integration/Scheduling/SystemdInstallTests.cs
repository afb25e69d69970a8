using StepCaRenew.Integration.Engine;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>Units are put in their place whole, once, and go without a trace.</summary>
public sealed class SystemdInstallTests
{
    [Theory]
    [InlineData(RenewalScope.Machine, "")]
    [InlineData(RenewalScope.CurrentUser, " (user)")]
    public async Task Install_Twice_ChangesOnce_AndRemoveLeavesNothing(RenewalScope scope, string manager)
    {
        using var machine = new FakeSystemctl(scope);
        Assert.False((await machine.FindAsync()).Exists);
        Assert.True(await machine.InstallAsync());
        Assert.Equal(["daemon-reload" + manager, "enable" + manager], machine.Calls);
        var found = await machine.FindAsync();
        Assert.True(found.IsHealthy, string.Join('\n', found.Differences));
        Assert.Equal("*:07/15:23", found.Description);
        Assert.False(await machine.InstallAsync());
        Assert.Equal(2, machine.Calls.Count(call => !call.StartsWith("show", StringComparison.Ordinal)));

        Directory.CreateDirectory(machine.At("stamps"));
        await File.WriteAllTextAsync(machine.At($"stamps/stamp-{machine.Units.Timer.Name}"), "");
        await File.WriteAllTextAsync(machine.At($"failed-{machine.Units.Service.Name}"), "");
        Assert.True(await machine.Scheduler.RemoveAsync(machine.Run.Name, scope, CancellationToken.None));
        Assert.Empty(Directory.GetFileSystemEntries(machine.At("units")));
        Assert.Empty(Directory.GetFileSystemEntries(machine.At("stamps")));
        Assert.DoesNotContain(Directory.GetFiles(machine.At("")), file => Path.GetFileName(file).StartsWith("active-", StringComparison.Ordinal) || Path.GetFileName(file).StartsWith("enabled-", StringComparison.Ordinal));
        // Only when the files are gone: before that, systemd would load the unit again.
        Assert.Equal(["daemon-reload" + manager, "reset-failed" + manager, "reset-failed" + manager], machine.Calls[^3..]);
        Assert.Empty(machine.Loaded);
        Assert.False(File.Exists(machine.At($"failed-{machine.Units.Service.Name}")), "The failed unit is still listed.");
        Assert.False(await machine.Scheduler.RemoveAsync(machine.Run.Name, scope, CancellationToken.None));
    }

    [Fact]
    public async Task Remove_DuringARun_WaitsForItsEnd()
    {
        using var machine = new FakeSystemctl();
        await machine.InstallAsync();
        await File.WriteAllTextAsync(machine.At($"running-{machine.Units.Service.Name}"), "");
        Assert.True(await machine.Scheduler.RemoveAsync(machine.Run.Name, RenewalScope.Machine, CancellationToken.None));
        Assert.Equal(2, machine.Calls.Count(call => call == "show"));
        Assert.Single(machine.Calls, call => call == "stop");
        Assert.False(File.Exists(machine.At($"failed-{machine.Units.Service.Name}")), "The failed unit is still listed.");
    }

    [Fact]
    public async Task Remove_DuringARunThatHangs_StopsIt()
    {
        using var machine = new FakeSystemctl { Clock = new TestClock(speed: 20) };
        await machine.InstallAsync();
        var run = machine.At($"hanging-{machine.Units.Service.Name}");
        await File.WriteAllTextAsync(run, "");
        var removal = machine.Scheduler.RemoveAsync(machine.Run.Name, RenewalScope.Machine, CancellationToken.None);
        Assert.True(await removal.WaitAsync(TimeSpan.FromSeconds(25)));
        Assert.Equal(2, machine.Calls.Count(call => call == "stop"));
        Assert.False(File.Exists(run), "The run continues.");
        Assert.Empty(Directory.GetFileSystemEntries(machine.At("units")));
    }

    [Theory]
    [InlineData("enable")]
    [InlineData("daemon-reload")]
    public async Task Install_IfSystemctlFails_LeavesNothing(string verb)
    {
        using var machine = new FakeSystemctl();
        await File.WriteAllTextAsync(machine.At($"fail-{verb}"), "");
        var error = await Assert.ThrowsAsync<RenewalException>(machine.InstallAsync);
        Assert.Equal(ErrorId.SchedulerFailed, error.ErrorId);
        Assert.Contains("the bus is down", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(machine.At("units")));
    }

    [Fact]
    public async Task Update_IfEnablingFails_RestoresTheEarlierUnits()
    {
        using var machine = new FakeSystemctl();
        await machine.InstallAsync();
        var (service, timer) = (await File.ReadAllTextAsync(machine.Units.Service.Path), await File.ReadAllTextAsync(machine.Units.Timer.Path));
        await File.WriteAllTextAsync(machine.At("fail-enable"), "");
        var changed = machine.Run with { Interval = TimeSpan.FromMinutes(1), Phase = TimeSpan.Zero, RunsPrograms = true };
        await Assert.ThrowsAsync<RenewalException>(() => machine.Scheduler.InstallAsync(changed, CancellationToken.None));
        Assert.Equal(service, await File.ReadAllTextAsync(machine.Units.Service.Path));
        Assert.Equal(timer, await File.ReadAllTextAsync(machine.Units.Timer.Path));
        Assert.DoesNotContain("stop", machine.Calls);
        Assert.True((await machine.FindAsync()).IsHealthy);
    }

    [Fact]
    public async Task OthersFile_AndLinks_AreRefused_AndStay()
    {
        using var machine = new FakeSystemctl();
        Directory.CreateDirectory(machine.At("units"));
        await File.WriteAllTextAsync(machine.Units.Timer.Path, "[Timer]\nOnCalendar=daily\n");
        await RefusedAsync(machine, machine.Units.Timer.Path);
        Assert.Equal("[Timer]\nOnCalendar=daily\n", await File.ReadAllTextAsync(machine.Units.Timer.Path));

        File.Delete(machine.Units.Timer.Path);
        File.CreateSymbolicLink(machine.Units.Service.Path, "/dev/null");
        Assert.Contains(machine.Units.Service.Name + ": it is masked.", (await machine.FindAsync()).Differences);
        await RefusedAsync(machine, machine.Units.Service.Path);
        Assert.NotNull(new FileInfo(machine.Units.Service.Path).LinkTarget);
    }

    [Fact]
    public async Task Remove_WithoutAManager_StillDeletesTheFilesAndTheLink()
    {
        using var machine = new FakeSystemctl();
        await machine.InstallAsync();
        Directory.CreateDirectory(machine.At("units/timers.target.wants"));
        File.CreateSymbolicLink(machine.At($"units/timers.target.wants/{machine.Units.Timer.Name}"), machine.Units.Timer.Path);
        Directory.Delete(machine.At("run"), recursive: true);
        Assert.Contains("systemd does not run here, so nothing starts the timer.", (await machine.FindAsync()).Differences);
        var calls = machine.Calls.Length;
        Assert.True(await machine.Scheduler.RemoveAsync(machine.Run.Name, RenewalScope.Machine, CancellationToken.None));
        Assert.Empty(Directory.GetFiles(machine.At("units"), "*", SearchOption.AllDirectories));
        Assert.Equal(calls, machine.Calls.Length);
        Assert.Equal(ErrorId.SchedulerUnavailable, (await Assert.ThrowsAsync<RenewalException>(machine.InstallAsync)).ErrorId);
    }

    [Theory]
    [InlineData("success", "0", 0)]
    [InlineData("exit-code", "1", 1)]
    [InlineData("exit-code", "41", 41)]
    public async Task RunNow_ReturnsTheExitCode(string result, string status, int expected)
    {
        using var machine = await InstalledAsync(result, status);
        Assert.Equal(expected, await machine.Scheduler.RunNowAsync(machine.Run, CancellationToken.None));
        Assert.Contains("start", machine.Calls);
    }

    [Theory]
    [InlineData("exit-code", "203", "could not start the process")]
    [InlineData("timeout", "15", "did not end within 01:00:00")]
    [InlineData("signal", "9", "signal 9")]
    [InlineData("start-limit-hit", "0", "Job failed.")]
    public async Task RunNow_ThatHasNoExitCode_SaysWhy(string result, string status, string expected)
    {
        using var machine = await InstalledAsync(result, status);
        var error = await Assert.ThrowsAsync<RenewalException>(() => machine.Scheduler.RunNowAsync(machine.Run, CancellationToken.None));
        Assert.Equal(ErrorId.SchedulerFailed, error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_ThatDoesNotExist_IsRefusedFirst()
    {
        using var machine = new FakeSystemctl();
        var run = machine.Run with { Account = new StepCaRenew.Accounts.TaskAccount.User("no-such-user") };
        Assert.Equal(ErrorId.AccountInvalid, (await Assert.ThrowsAsync<RenewalException>(() => machine.Scheduler.InstallAsync(run, CancellationToken.None))).ErrorId);
        Assert.Empty(machine.Calls);
    }

    private static async Task<FakeSystemctl> InstalledAsync(string result, string status)
    {
        var machine = new FakeSystemctl();
        await machine.InstallAsync();
        await File.WriteAllTextAsync(machine.At("result"), result);
        await File.WriteAllTextAsync(machine.At("status"), status);
        return machine;
    }

    private static async Task RefusedAsync(FakeSystemctl machine, string path)
    {
        foreach (var attempt in new Func<Task>[] { machine.InstallAsync, () => machine.Scheduler.RemoveAsync(machine.Run.Name, RenewalScope.Machine, CancellationToken.None) })
        {
            var error = await Assert.ThrowsAsync<RenewalException>(attempt);
            Assert.Equal(ErrorId.SchedulerFailed, error.ErrorId);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }
}
