using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Logging;

namespace StepCaRenew.Unit.Logging;

public sealed class JsonLoggerTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly CollectingLogger fallback = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 5, 1, 2, 30, 0, 45, TimeSpan.FromHours(2)));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Event_IsOneLineWithItsFields()
    {
        var log = new JsonLogger(folder.At("log.json"), clock, fallback);
        ActionLog.Exited(log, "action 'sh'", 3, "two\nlines \"quoted\" ü");
        RenewalLog.NotDue(log, "/etc/ssl/web.crt", clock.GetUtcNow());

        var lines = File.ReadAllLines(folder.At("log.json"));
        Assert.Equal(2, lines.Length);
        Assert.Equal(
            $$$"""{"time":"2026-05-01T00:30:00.045Z","level":"Debug","id":163,"event":"Exited","pid":{{{Environment.ProcessId}}},"message":"The action 'sh' ended with exit code 3. two\nlines \"quoted\" ü","fields":{"action":"action 'sh'","exitCode":3,"output":"two\nlines \"quoted\" ü"}}""",
            lines[0]);
        using var second = JsonDocument.Parse(lines[1]);
        Assert.Equal("2026-05-01T00:30:00Z", second.RootElement.GetProperty("fields").GetProperty("renewAfter").GetString());
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    [LinuxFact]
    public void File_IsItsOwnersAlone()
    {
        ActionLog.PassedOver(new JsonLogger(folder.At("log.json"), clock, fallback), "web");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.At("log.json")));
    }

    [Fact]
    public void Folder_ThatIsMissing_IsOneWarning()
    {
        var log = new JsonLogger(folder.At("missing/log.json"), clock, fallback);
        ActionLog.PassedOver(log, "web");
        ActionLog.PassedOver(log, "web");
        Assert.Contains("cannot be written", Assert.Single(fallback.Warnings), StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Link_OrPipe_IsRefused()
    {
        File.CreateSymbolicLink(folder.At("link"), folder.At("elsewhere"));
        UnixFile.MakePipe(folder.At("pipe"));
        foreach (var name in new[] { "link", "pipe" })
            ActionLog.PassedOver(new JsonLogger(folder.At(name), clock, fallback), "web");
        Assert.Equal(2, fallback.Warnings.Count());
        Assert.False(File.Exists(folder.At("elsewhere")));
    }

    [Fact]
    public void File_AtItsLimit_IsRotated_AndThreeOlderOnesStay()
    {
        var file = new RotatingFile(folder.At("log"), limit: 100);
        for (var number = 0; number < 60; number++)
            file.Append(System.Text.Encoding.ASCII.GetBytes($"line {number:000}\n"));
        Assert.Equal(["log", "log.1", "log.2", "log.3"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        // Twelve lines fill a file of 100 bytes; the newest stand in the file without a number.
        Assert.Equal("line 048", File.ReadLines(folder.At("log")).First());
        Assert.Equal("line 047", File.ReadLines(folder.At("log.1")).Last());
        Assert.Equal("line 012", File.ReadLines(folder.At("log.3")).First());
    }

    // Also a file of a service in a folder that is root's: what is renamed there is renamed by root alone.
    [Fact]
    public void File_AtItsLimitThatCannotBeRenamed_GrowsOn()
    {
        Directory.CreateDirectory(folder.At("log.1"));
        var file = new RotatingFile(folder.At("log"), limit: 100);
        for (var number = 0; number < 30; number++)
            file.Append(System.Text.Encoding.ASCII.GetBytes($"line {number:000}\n"));
        Assert.Equal(30, File.ReadAllLines(folder.At("log")).Length);
    }

    [Fact]
    public void Writers_AllAtOnce_LoseNoLineOverRotations()
    {
        Wine.Skip("appending to a file is not atomic");
        const int Writers = 8, Lines = 500;
        Parallel.For(0, Writers, new ParallelOptions { MaxDegreeOfParallelism = Writers }, writer =>
        {
            var file = new RotatingFile(folder.At("log"), limit: 4000, keep: 60);
            for (var line = 0; line < Lines; line++)
                file.Append(System.Text.Encoding.ASCII.GetBytes($"writer {writer} line {line:000}\n"));
        });
        var all = Directory.GetFiles(folder.Path).SelectMany(File.ReadAllLines).ToList();
        Assert.True(Directory.GetFiles(folder.Path).Length > 2);
        Assert.Equal(Writers * Lines, all.Count);
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(all, line => Assert.Matches("^writer [0-7] line [0-9]{3}$", line));
    }
}
