using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Registration;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Unit.Registration;

/// <summary>The files of a registration: who can read them, and what they are again if registration cannot be finished.</summary>
public sealed class RegistrationFilesTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly DefinitionStore store;

    public RegistrationFilesTests() =>
        store = new DefinitionStore(RenewalFolders.ForScope(RenewalScope.CurrentUser, name => name == RenewalFolders.HomeVariable ? folder.Path : null));

    public void Dispose() => folder.Dispose();

    [LinuxFact]
    [SupportedOSPlatform("linux")]
    public void Restore_UrlOfTheMonitor_IsTheEarlierOne_AndItsAccountCanReadIt()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can give files away.");
        Assert.SkipWhen(UnixAccounts.UserNumber("daemon") is null || UnixAccounts.UserNumber("nobody") is null, "This machine has no users 'daemon' and 'nobody'.");
        new RegistrationFiles(Registration("daemon", "https://hc.example.com/one")).Write();
        var later = new RegistrationFiles(Registration("nobody", "https://hc.example.com/two"));
        later.Write();
        Assert.Equal(UnixAccounts.UserNumber("nobody"), LinuxStat.TryRead(store.MonitorFile("web"), followLinks: false)?.User);
        later.Restore();
        Assert.Equal("https://hc.example.com/one\n", File.ReadAllText(store.MonitorFile("web")));
        Assert.Equal("daemon", store.Load("web").RunAs);
        Assert.Equal(UnixAccounts.UserNumber("daemon"), LinuxStat.TryRead(store.MonitorFile("web"), followLinks: false)?.User);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(store.MonitorFile("web")));
    }

    [WindowsFact]
    [SupportedOSPlatform("windows")]
    public void Write_OnWindows_AllUsersCanReadOnlyTheRootAndTheSchema()
    {
        Directory.CreateDirectory(store.Folders.Definitions);
        new RegistrationFiles(Registration(null, "https://hc.example.com/one")).Write();
        new StateStore(store.Folders, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance).Write("web", new RenewalState());
        var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);
        Assert.Equal(5, files.Length);
        Assert.Equal(["renewal.schema.json", "web.root.crt"], files.Where(IsOpen).Select(Path.GetFileName).Order());
        Assert.Equal("web", store.Load("web").Name);
    }

    [SupportedOSPlatform("windows")]
    private static bool IsOpen(string path) =>
        Dacl.Parse(WindowsDescriptor.Sddl(WindowsDescriptor.Read(path, followLinks: true))).Entries!.Any(entry => entry.IsAllowing && !PrivateRights.IsAccount(entry.Trustee) && !WellKnownSids.Trusted.Contains(entry.Trustee));

    private PlannedRegistration Registration(string? account, string monitor)
    {
        var definition = new RenewalDefinition
        {
            Name = "web",
            Scope = RenewalScope.CurrentUser,
            CertificatePath = folder.At("web.crt"),
            RunAs = account,
            HealthCheckUriFile = store.MonitorFile("web"),
        };
        var run = new ScheduledRun
        {
            Name = "web",
            Scope = definition.Scope,
            Account = account is null ? AccountName.ThisUser() : new TaskAccount.User(account),
            Interval = TimeSpan.FromMinutes(15),
            Phase = TimeSpan.Zero,
            Command = RunCommand.ForRenewal(folder.At("pwsh"), "StepCaRenew", "web"),
        };
        return new PlannedRegistration(
            store, definition, run, new WindowsTaskScheduler(TimeProvider.System), new CaSettings(new Uri("https://ca.example.com"), folder.At("root.crt"), null), "root"u8.ToArray(), new Uri(monitor));
    }
}
