using StepCaRenew.Accounts;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Scheduling;
using StepCaRenew.Registration;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Integration.Registrations;

/// <summary>A service that systemd does not know, or no systemd, is found out at registration and not by the first renewal.</summary>
public sealed class ServiceChecksTests : IDisposable
{
    private const string Systemctl = """
        #!/bin/sh
        [ "$1" = show ] && [ "$2" = --property=LoadState ] && [ "$3" = -- ] || exit 64
        [ -e "$(dirname "$0")/fails" ] && { echo 'Failed to connect to bus' >&2; exit 1; }
        case $4 in nginx | nginx.service) echo LoadState=loaded ;; old) echo LoadState=masked ;; *) echo LoadState=not-found ;; esac
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("stepcarenew-services-");
    private readonly CollectingLogger logger = new();

    public ServiceChecksTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is of Linux.");
        Programs.Write(At("systemctl"), Systemctl);
        Directory.CreateDirectory(At("booted"));
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("nginx")]
    [InlineData("nginx.service")]
    [InlineData("old")]
    public async Task AServiceThatSystemdKnows_IsAccepted(string service)
    {
        await DemandAsync(service);
        Assert.Empty(logger.Events);
    }

    [Theory]
    [InlineData(true, "-ReloadService ngnix")]
    [InlineData(false, "-RestartService")]
    public async Task AnUnknownService_IsRefused_WithoutForce(bool isReload, string says)
    {
        var error = await Assert.ThrowsAsync<RenewalException>(() => DemandAsync("ngnix", isReload));
        Assert.Equal(ErrorId.ServiceNotFound, error.ErrorId);
        Assert.Contains("'ngnix'", error.Message, StringComparison.Ordinal);
        Assert.Contains(says.Split(' ')[0], error.Message, StringComparison.Ordinal);
        await DemandAsync("ngnix", isReload, isForced: true);
        Assert.Contains("'ngnix'", Assert.Single(logger.Events).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AService_WithoutARunningSystemd_IsRefused_WithoutForce()
    {
        Directory.Delete(At("booted"));
        Assert.Equal(ErrorId.SystemdNotRunning, (await Assert.ThrowsAsync<RenewalException>(() => DemandAsync("nginx"))).ErrorId);
        await DemandAsync("nginx", isForced: true);
        Assert.Contains("-Force", Assert.Single(logger.Events).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AService_IfSystemctlFails_IsRefused_WithItsMessage()
    {
        await File.WriteAllTextAsync(At("fails"), "");
        var error = await Assert.ThrowsAsync<RenewalException>(() => DemandAsync("nginx"));
        Assert.Equal(ErrorId.SystemdNotRunning, error.ErrorId);
        Assert.Contains("Failed to connect to bus", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAccountThatIsNotRoot_GetsAWarning()
    {
        await DemandAsync("nginx", account: new TaskAccount.User("nobody"));
        var warning = Assert.Single(logger.Events).Message;
        Assert.Contains("polkit", warning, StringComparison.Ordinal);
        Assert.Contains("'nobody'", warning, StringComparison.Ordinal);
    }

    private Task DemandAsync(string service, bool isReload = true, bool isForced = false, TaskAccount? account = null) =>
        new ServiceChecks(new LinuxPaths { Booted = At("booted"), Systemctl = At("systemctl") }, TimeProvider.System, logger).RequireAsync(
            new RenewalDefinition { Name = "web", CertificatePath = "/etc/ssl/web.crt", Actions = [new ServiceAction(service, isReload), new CommandAction("/bin/true", [])] },
            account ?? TaskAccount.OfMachine, isForced, CancellationToken.None);

    private string At(string name) => Path.Combine(folder.FullName, name);
}
