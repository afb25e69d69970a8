using StepCaRenew.Accounts;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Scheduling;
using StepCaRenew.Registration;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Integration.Registrations;

/// <summary>A pwsh or a module that the account of a run cannot use is found out at registration, as that account.</summary>
public sealed class RunProbeTests : IDisposable
{
    private const UnixFileMode Everyone = (UnixFileMode)0b111_101_101;
    private const UnixFileMode OwnerAlone = (UnixFileMode)0b111_000_000;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("stepcarenew-probe-");
    private readonly CollectingLogger logger = new();
    private readonly string pwsh;

    public RunProbeTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Accounts are asked for on Linux.");
        SetMode("", Everyone);
        Directory.CreateDirectory(At("StepCaRenew/0.1.0"));
        Directory.CreateDirectory(At("bin"));
        File.WriteAllText(At("StepCaRenew/0.1.0/StepCaRenew.psd1"), "");
        // Stands for a pwsh: says how it was started, and where the module is.
        pwsh = Programs.Write(At("bin/pwsh"), $"#!/bin/sh\nenv >'{At("env")}' 2>/dev/null; id -un >'{At("id")}' 2>/dev/null; printf '%s\\n' \"$5\" >'{At("command")}' 2>/dev/null\necho warning\necho '{At("StepCaRenew/0.1.0")}'\n");
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task ARunThatStarts_HasTheVariablesOfAScheduledRun_AndLoadsTheModuleAsTheScheduleDoes()
    {
        Environment.SetEnvironmentVariable("STEPCARENEW_TEST_OF_PROBE", "x");
        Assert.Equal(At("StepCaRenew/0.1.0"), await DemandAsync(TaskAccount.OfMachine));
        Assert.Contains($"Import-Module '{At("StepCaRenew")}'; ", await File.ReadAllTextAsync(At("command")), StringComparison.Ordinal);
        var variables = await File.ReadAllTextAsync(At("env"));
        Assert.Contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n", variables, StringComparison.Ordinal);
        Assert.Contains("HOME=", variables, StringComparison.Ordinal);
        Assert.DoesNotContain("STEPCARENEW_TEST_OF_PROBE", variables, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherAccount_StartsTheRun()
    {
        RequireRoot();
        File.WriteAllText(At("id"), "");
        SetMode("id", (UnixFileMode)0b110_110_110);
        await DemandAsync(new TaskAccount.User("nobody"));
        Assert.Equal("nobody\n", await File.ReadAllTextAsync(At("id")));
    }

    [Fact]
    public async Task APwshThatTheAccountCannotExecute_IsUnsuitable_EvenWithForce()
    {
        RequireRoot();
        SetMode("bin", OwnerAlone);
        foreach (var isForced in new[] { false, true })
        {
            var error = await Assert.ThrowsAsync<RenewalException>(() => DemandAsync(new TaskAccount.User("nobody"), isForced));
            Assert.Equal(ErrorId.PwshUnsuitable, error.ErrorId);
            Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
        }

        await DemandAsync(TaskAccount.OfMachine);
    }

    [Fact]
    public async Task AModuleThatTheAccountCannotRead_IsDenied()
    {
        RequireRoot();
        SetMode("StepCaRenew/0.1.0", OwnerAlone);
        var error = await Assert.ThrowsAsync<RenewalException>(() => DemandAsync(new TaskAccount.User("nobody")));
        Assert.Equal(ErrorId.AccessDenied, error.ErrorId);
        Assert.Contains("cannot read the module", error.Message, StringComparison.Ordinal);
        await DemandAsync(TaskAccount.OfMachine);
    }

    [Theory]
    [InlineData("echo 'You must install .NET to run this application.' >&2; exit 131", "You must install .NET")]
    [InlineData("echo 'The specified module was not loaded' >&2; exit 1", "module was not loaded")]
    [InlineData("echo nothing useful", "exit code 0")]
    public async Task APwshThatDoesNotLoadTheModule_IsRefused_WithoutForce(string script, string says)
    {
        Programs.Write(pwsh, $"#!/bin/sh\n{script}\n");
        var error = await Assert.ThrowsAsync<RenewalException>(() => DemandAsync(TaskAccount.OfMachine));
        Assert.Equal(ErrorId.ModuleNotLoaded, error.ErrorId);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains("env -i", error.Remedy, StringComparison.Ordinal);
        Assert.Null(await DemandAsync(TaskAccount.OfMachine, isForced: true));
        Assert.Contains(says, Assert.Single(logger.Events).Message, StringComparison.Ordinal);
    }

    private static void RequireRoot() => Assert.SkipUnless(Unprivileged.IsRoot, "Only root can become another user.");

    private Task<string?> DemandAsync(TaskAccount account, bool isForced = false)
    {
        var module = new RunningModule(pwsh, At("StepCaRenew/0.1.0"));
        // A schedule of the machine, but with the account of this test.
        var run = SampleRuns.Create("web") with { Account = account is TaskAccount.Machine && !Unprivileged.IsRoot ? new TaskAccount.User(AccountName.Current) : account, Command = RunCommand.ForRenewal(pwsh, ModuleReference.For(module), "web") };
        var definition = new RenewalDefinition { Name = "web", CertificatePath = "/etc/ssl/web.crt" };
        var folders = RenewalFolders.ForScope(RenewalScope.Machine, name => name == RenewalFolders.HomeVariable ? folder.FullName : null);
        var registration = new PlannedRegistration(new DefinitionStore(folders), definition, run, new SchedulerFinder(TimeProvider.System).Get(SchedulerKind.Cron), null!, default, null);
        return new RunProbe(TimeProvider.System, logger).RequireLoadableAsync(registration, module, isForced, CancellationToken.None);
    }

    private void SetMode(string name, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(At(name), mode);
    }

    private string At(string name) => Path.Combine(folder.FullName, name);
}
