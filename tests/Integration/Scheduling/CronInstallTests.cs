using StepCaRenew.Accounts;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>Lines of cron are put in their place once, go without a trace, and nobody else's change.</summary>
public sealed class CronInstallTests
{
    [Theory]
    [InlineData(RenewalScope.Machine)]
    [InlineData(RenewalScope.CurrentUser)]
    public async Task Install_Twice_ChangesOnce_AndRemoveLeavesNothing(RenewalScope scope)
    {
        using var cron = new FakeCron(scope);
        Assert.False((await cron.FindAsync()).Exists);
        Assert.True(await cron.InstallAsync());
        var found = await cron.FindAsync();
        Assert.True(found.IsHealthy, string.Join('\n', found.Differences));
        Assert.Equal("7,22,37,52 * * * *", found.Description);
        var text = await File.ReadAllBytesAsync(cron.Place);
        Assert.False(await cron.InstallAsync());
        Assert.Equal(text, await File.ReadAllBytesAsync(cron.Place));
        Assert.True(await cron.Scheduler.RemoveAsync(cron.Run.Name, scope, CancellationToken.None));
        Assert.False(File.Exists(cron.Place));
        Assert.Empty(Directory.GetFileSystemEntries(cron.At("cron.d")));
        Assert.False(await cron.Scheduler.RemoveAsync(cron.Run.Name, scope, CancellationToken.None));
    }

    [Fact]
    public async Task Install_SetsTheTimeOfTheFolderOneSecondInAdvance_SoThatCronReadsIt()
    {
        using var cron = new FakeCron(RenewalScope.Machine);
        await cron.InstallAsync();
        Assert.True(Directory.GetLastWriteTimeUtc(cron.At("cron.d")) > DateTime.UtcNow, "cron may have looked in this second.");
        await cron.Scheduler.RemoveAsync(cron.Run.Name, RenewalScope.Machine, CancellationToken.None);
        Assert.True(Directory.GetLastWriteTimeUtc(cron.At("cron.d")) > DateTime.UtcNow, "cron may have looked in this second.");
    }

    [Fact]
    public async Task OtherLines_StayByteForByte()
    {
        using var cron = new FakeCron(RenewalScope.CurrentUser);
        // Not even text, and longer than what is kept of an output for a message.
        byte[] mine = [.. "MAILTO=me\n\n# caf\u00e9\n*/5 * * * * echo \"%H\" \\\n"u8, 0xff, 0xfe, (byte)'\n', .. Enumerable.Repeat("# padding, padding\n"u8.ToArray(), 5000).SelectMany(line => line), .. "5 4 * * * tar\n"u8];
        await File.WriteAllBytesAsync(cron.Tab, mine);
        Assert.True(await cron.InstallAsync());
        var with = await File.ReadAllBytesAsync(cron.Tab);
        Assert.Equal(mine, with[..mine.Length]);
        cron.Run = cron.Run with { Interval = TimeSpan.FromMinutes(1), Phase = TimeSpan.Zero };
        Assert.True(await cron.InstallAsync());
        Assert.Equal(mine, (await File.ReadAllBytesAsync(cron.Tab))[..mine.Length]);
        Assert.True(await cron.Scheduler.RemoveAsync(cron.Run.Name, RenewalScope.CurrentUser, CancellationToken.None));
        Assert.Equal(mine, await File.ReadAllBytesAsync(cron.Tab));
    }

    [Fact]
    public async Task Crontab_ThatCannotBeRead_IsNotWritten()
    {
        using var cron = new FakeCron(RenewalScope.CurrentUser);
        await File.WriteAllTextAsync(cron.Tab, "5 4 * * * tar\n");
        await File.WriteAllTextAsync(cron.Tab + ".refuses", "");
        var error = await Assert.ThrowsAsync<RenewalException>(cron.InstallAsync);
        Assert.Equal(ErrorId.SchedulerFailed, error.ErrorId);
        Assert.Contains("not allowed", error.Message, StringComparison.Ordinal);
        Assert.Equal("5 4 * * * tar\n", await File.ReadAllTextAsync(cron.Tab));
    }

    [Fact]
    public async Task OthersFile_AndLinks_AreRefused_AndStay()
    {
        using var cron = new FakeCron(RenewalScope.Machine);
        await File.WriteAllTextAsync(cron.CronFile, "* * * * * root /bin/other\n");
        await RefusedAsync(cron);
        Assert.Equal("* * * * * root /bin/other\n", await File.ReadAllTextAsync(cron.CronFile));
        File.Delete(cron.CronFile);
        await cron.InstallAsync();
        File.Move(cron.CronFile, cron.At("elsewhere"));
        File.CreateSymbolicLink(cron.CronFile, cron.At("elsewhere"));
        Assert.Contains("which cron ignores", Assert.Single((await cron.FindAsync()).Differences), StringComparison.Ordinal);
        await RefusedAsync(cron);
        Assert.NotNull(new FileInfo(cron.CronFile).LinkTarget);
    }

    [Fact]
    public async Task Install_WithoutCron_Fails()
    {
        using var cron = new FakeCron(RenewalScope.Machine);
        File.Delete(cron.At("crond"));
        Assert.Equal(ErrorId.SchedulerUnavailable, (await Assert.ThrowsAsync<RenewalException>(cron.InstallAsync)).ErrorId);
    }

    [Fact]
    public async Task RunNow_HasTheEnvironmentOfCron_AndReturnsTheExitCode()
    {
        using var cron = new FakeCron(RenewalScope.CurrentUser);
        var program = Programs.Write(cron.At("program's"), $"#!/bin/sh\n{{ printf '%s|' \"$@\"; echo; env | sort; }} >'{cron.At("seen")}'\nexit 3\n");
        cron.Run = cron.Run with { Home = "/srv/a 'b' $c", Command = new RunCommand(program, ["-Command", "it's $HOME \"%\""]) };
        Assert.Equal(3, await cron.Scheduler.RunNowAsync(cron.Run, CancellationToken.None));
        var seen = await File.ReadAllLinesAsync(cron.At("seen"));
        Assert.Equal("-Command|it's $HOME \"%\"|", seen[0]);
        Assert.Contains("STEPCARENEW_HOME=/srv/a 'b' $c", seen);
        Assert.Contains("POWERSHELL_UPDATECHECK=Off", seen);
        string[] few = ["HOME", "LOGNAME", "SHELL", "PATH", "PWD", "SHLVL", "_", "OLDPWD", "STEPCARENEW_HOME", "POWERSHELL_TELEMETRY_OPTOUT", "POWERSHELL_UPDATECHECK"];
        Assert.Empty(seen[1..].Select(line => line.Split('=')[0]).Except(few));
    }

    [Fact]
    public async Task RunNow_OfAnotherUser_IsThatUser()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root on Linux can become another user.");
        using var cron = new FakeCron(RenewalScope.Machine);
        cron.Run = cron.Run with { Account = new TaskAccount.User("nobody"), Command = new RunCommand("/bin/sh", ["-c", "[ $(id -un) = nobody ] && [ \"$LOGNAME\" = nobody ] && [ \"$(id -G)\" = \"$(id -g)\" ] && exit 4"]) };
        Assert.Equal(4, await cron.Scheduler.RunNowAsync(cron.Run, CancellationToken.None));
    }

    [Theory]
    [InlineData("/no/such/pwsh", "3600", "could not be started")]
    [InlineData("/bin/sleep", "1", "did not end within")]
    public async Task RunNow_ThatHasNoExitCode_SaysWhy(string program, string seconds, string expected)
    {
        using var cron = new FakeCron(RenewalScope.CurrentUser);
        cron.Run = cron.Run with { Command = new RunCommand(program, ["30"]), TimeLimit = TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)) };
        var error = await Assert.ThrowsAsync<RenewalException>(() => cron.Scheduler.RunNowAsync(cron.Run, CancellationToken.None));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(FakeCron cron)
    {
        foreach (var attempt in new Func<Task>[] { cron.InstallAsync, () => cron.Scheduler.RemoveAsync(cron.Run.Name, RenewalScope.Machine, CancellationToken.None) })
        {
            var error = await Assert.ThrowsAsync<RenewalException>(attempt);
            Assert.Equal(ErrorId.SchedulerFailed, error.ErrorId);
            Assert.Contains(cron.CronFile, error.Message, StringComparison.Ordinal);
        }
    }
}
