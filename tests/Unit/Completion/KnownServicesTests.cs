using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Completion;

namespace StepCaRenew.Unit.Completion;

public sealed class KnownServicesTests
{
    [LinuxFact]
    public void Names_AreTheServicesOfSystemctl()
    {
        using var systemctl = new FakeSystemctl("""
            echo "  nginx.service        loaded active   running A web server"
            echo "postfix@-.service loaded inactive dead x"
            echo "nginx.service loaded active running again"
            echo "dbus.socket loaded active running no service"
            echo
            """);
        Assert.Equal(["nginx", "postfix@-"], KnownServices.Names(systemctl.Path, TimeProvider.System));
        Assert.Equal(["list-units --type=service --all --plain --no-legend --no-pager --full"], File.ReadAllLines(systemctl.Calls));
    }

    [LinuxFact]
    public async Task Names_SystemctlHangs_AreNone_AndItIsEnded()
    {
        using var systemctl = new FakeSystemctl("echo $$ > \"$0.pid\"; sleep 100 & echo $! >> \"$0.pid\"; wait");
        // The clock of the test: on a busy machine two seconds may pass before the script has begun.
        var clock = new FakeTimeProvider();
        var names = Task.Run(() => KnownServices.Names(systemctl.Path, clock));
        string[] processes = [];
        Assert.True(SpinWait.SpinUntil(() => (processes = Read(systemctl.Path + ".pid")).Length == 2, TimeSpan.FromSeconds(60)), "The script never began.");
        Assert.DoesNotContain(processes, process => !File.Exists($"/proc/{process}/stat"));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(await names);
        foreach (var process in processes)
            Assert.True(HasEnded(process), $"process {process} still runs");
    }

    [LinuxFact]
    public void Names_SystemctlFails_AreNone()
    {
        using var systemctl = new FakeSystemctl("echo nginx.service; echo 'System has not been booted with systemd' >&2; exit 1");
        Assert.Empty(KnownServices.Names(systemctl.Path, TimeProvider.System));
    }

    // The second line may be on its way.
    private static string[] Read(string path) => File.Exists(path) && File.ReadAllText(path) is var text && text.EndsWith('\n') ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];

    // A killed child whose parent has ended is a zombie until the first process takes notice of it.
    private static bool HasEnded(string process) =>
        SpinWait.SpinUntil(() => !File.Exists($"/proc/{process}/stat") || File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal), TimeSpan.FromSeconds(10));

    private sealed class FakeSystemctl : IDisposable
    {
        private readonly TestFolder folder = new();

        public FakeSystemctl(string script)
        {
            Path = folder.Write("systemctl", $"#!/bin/sh\necho \"$*\" >> \"$0.calls\"\n{script}\n");
            UnixFile.SetMode(Path, 0b111_101_101);
        }

        public string Path { get; }

        public string Calls => Path + ".calls";

        public void Dispose() => folder.Dispose();
    }
}
