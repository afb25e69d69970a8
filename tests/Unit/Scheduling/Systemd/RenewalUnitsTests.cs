using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Systemd;

namespace StepCaRenew.Unit.Scheduling.Systemd;

public sealed class UnitTests
{
    [Fact]
    public void Render_TimerOfTheMachine_IsTheExpectedText()
    {
        Assert.Equal(
            """
            # StepCaRenew: the renewal 'web.local'. Register-StepRenewalTask wrote this file, and overwrites what is changed in it.
            [Unit]
            Description=Renews the certificate of 'web.local' when it is due (StepCaRenew)

            [Timer]
            OnCalendar=*:07/15:23
            OnActiveSec=83s
            Persistent=false
            AccuracySec=1s
            Unit=stepcarenew-web.local.service

            [Install]
            WantedBy=timers.target

            """,
            TimerUnit.Render(SampleRun.Create()));
    }

    [Fact]
    public void Render_ServiceWithoutPrograms_CanWriteOnlyItsFolders()
    {
        Assert.Equal(
            """
            # StepCaRenew: the renewal 'web.local'. Register-StepRenewalTask wrote this file, and overwrites what is changed in it.
            [Unit]
            Description=Renews the certificate of 'web.local' when it is due (StepCaRenew)
            Wants=network-online.target
            After=network-online.target
            StartLimitIntervalSec=0

            [Service]
            Type=oneshot
            User=root
            Environment=POWERSHELL_TELEMETRY_OPTOUT=1
            Environment=POWERSHELL_UPDATECHECK=Off
            ExecStart=/usr/bin/pwsh -NoProfile -NonInteractive -Command "Import-Module 'StepCaRenew'; Invoke-StepRenewal -Name 'web.local' -Scheduled"
            TimeoutStartSec=3600s
            UMask=0022
            NoNewPrivileges=yes
            LockPersonality=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            RestrictNamespaces=yes
            ProtectKernelTunables=yes
            ProtectKernelModules=yes
            ProtectKernelLogs=yes
            ProtectSystem=strict
            PrivateTmp=yes
            ReadWritePaths=-/etc/ssl/private
            ReadWritePaths=-/var/lib/stepcarenew
            ProtectControlGroups=yes
            ProtectClock=yes
            ProtectHostname=yes
            RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
            CapabilityBoundingSet=CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_KILL

            """,
            ServiceUnit.Render(SampleRun.Create()));
    }

    [Fact]
    public void Render_ServiceWithPrograms_KeepsTheirRightsAndTemporaryFiles()
    {
        var lines = Lines(SampleRun.Create() with { RunsPrograms = true });
        Assert.Contains("ProtectSystem=full", lines);
        Assert.Contains("NoNewPrivileges=yes", lines);
        Assert.Contains("ReadWritePaths=-/etc/ssl/private", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("PrivateTmp", StringComparison.Ordinal) || line.StartsWith("CapabilityBoundingSet", StringComparison.Ordinal)
            || line.StartsWith("Restrict", StringComparison.Ordinal) && line != "RestrictRealtime=yes");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Render_ServiceOfAUser_HasOnlySettingsForTheManagerOfAUser(bool runsPrograms)
    {
        var lines = Lines(SampleRun.Create(RenewalScope.CurrentUser) with { RunsPrograms = runsPrograms });
        Assert.DoesNotContain(lines, line => line.StartsWith("Protect", StringComparison.Ordinal) || line.StartsWith("Private", StringComparison.Ordinal)
            || line.StartsWith("ReadWritePaths", StringComparison.Ordinal) || line.StartsWith("Capability", StringComparison.Ordinal)
            || line.StartsWith("User=", StringComparison.Ordinal) || line.Contains("network-online", StringComparison.Ordinal));
        Assert.Contains("NoNewPrivileges=yes", lines);
        Assert.Contains("OnActiveSec=83s", TimerUnit.Render(SampleRun.Create(RenewalScope.CurrentUser)).Split('\n'));
    }

    [Theory]
    [InlineData("/tmp/certs", "/usr/bin/pwsh", "StepCaRenew")]
    [InlineData("/etc/ssl", "/var/tmp/pwsh", "StepCaRenew")]
    [InlineData("/etc/ssl", "/usr/bin/pwsh", "/tmp/modules/StepCaRenew.psd1")]
    public void Render_FilesInATemporaryFolder_UseTheRealFolder(string folder, string pwsh, string module)
    {
        var lines = Lines(SampleRun.Create() with { WritableFolders = [folder], Command = RunCommand.ForRenewal(pwsh, module, "web") });
        Assert.DoesNotContain("PrivateTmp=yes", lines);
        Assert.Contains("ReadWritePaths=-/tmp", lines);
        Assert.Contains("ReadWritePaths=-/var/tmp", lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Render_PidFileInATemporaryFolder_UsesTheRealFolder(bool isTemporary)
    {
        var lines = Lines(SampleRun.Create() with { ReadFiles = [isTemporary ? "/tmp/web.pid" : "/run/web.pid"] });
        Assert.Equal(!isTemporary, lines.Contains("PrivateTmp=yes"));
        Assert.Contains("ProtectSystem=strict", lines);
    }

    [Fact]
    public void Render_Description_HasNoFullStop()
    {
        foreach (var unit in new[] { ServiceUnit.Render(SampleRun.Create()), TimerUnit.Render(SampleRun.Create()) })
            Assert.DoesNotMatch(@"Description=.*\.\n", unit);
    }

    [Fact]
    public void Render_AnyService_AllowsToCompile()
    {
        Assert.DoesNotContain("MemoryDenyWriteExecute", ServiceUnit.Render(SampleRun.Create()), StringComparison.Ordinal);
        Assert.DoesNotContain("ProtectHome", ServiceUnit.Render(SampleRun.Create()), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_HomeAndUser_AreInTheService()
    {
        var lines = Lines(SampleRun.Create() with { Home = "/srv/100% ours", Account = new TaskAccount.User("web_1") });
        Assert.Contains("User=web_1", lines);
        Assert.Contains("Environment=\"STEPCARENEW_HOME=/srv/100%% ours\"", lines);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("root\nExecStart=/bin/evil")]
    [InlineData("%u")]
    [InlineData("-x")]
    [InlineData("1000")]
    public void Render_AmbiguousUserName_IsRefused(string name) =>
        Expect.Failure(ErrorId.AccountInvalid, () => ServiceUnit.Render(SampleRun.Create() with { Account = new TaskAccount.User(name) }));

    [Fact]
    public void Render_ManagedServiceAccount_IsRefused() =>
        Expect.Failure(ErrorId.AccountInvalid, () => ServiceUnit.Render(SampleRun.Create() with { Account = new TaskAccount.ManagedServiceAccount("CORP\\web$") }));

    [Theory]
    [InlineData("/opt/it's/pwsh")]
    [InlineData("/opt/a\\b/pwsh")]
    public void Render_ProgramThatSystemdRefuses_IsRefused(string program) =>
        Expect.Failure(ErrorId.ModulePathInvalid, () => ServiceUnit.Render(SampleRun.Create() with { Command = RunCommand.ForRenewal(program, "StepCaRenew", "web") }));

    [Fact]
    public void Render_FolderWithALineEnd_IsRefused() =>
        Expect.Failure(ErrorId.ModulePathInvalid, () => ServiceUnit.Render(SampleRun.Create() with { WritableFolders = ["/a\nUser=evil"] }));

    private static string[] Lines(ScheduledRun run) => ServiceUnit.Render(run).Split('\n');
}

public sealed class OnCalendarTests
{
    [Theory]
    [InlineData("00:01:00", "00:00:23", "*:*:23")]
    [InlineData("00:02:00", "00:01:05", "*:01/2:05")]
    [InlineData("00:03:00", "00:02:59", "*:02/3:59")]
    [InlineData("00:05:00", "00:04:00", "*:04/5:00")]
    [InlineData("00:10:00", "00:00:00", "*:00/10:00")]
    [InlineData("00:15:00", "00:07:23", "*:07/15:23")]
    [InlineData("00:30:00", "00:29:59", "*:29/30:59")]
    [InlineData("01:00:00", "00:07:23", "*:07:23")]
    [InlineData("02:00:00", "01:07:23", "01/2:07:23")]
    [InlineData("03:00:00", "02:59:59", "02/3:59:59")]
    [InlineData("04:00:00", "00:00:01", "00/4:00:01")]
    [InlineData("06:00:00", "05:30:00", "05/6:30:00")]
    [InlineData("12:00:00", "11:59:59", "11/12:59:59")]
    public void Render_IntervalAndPhase_IsACalendarEvent(string interval, string phase, string expected) =>
        Assert.Equal(expected, OnCalendar.Render(TimeSpan.Parse(interval), TimeSpan.Parse(phase)));
}
