using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;

namespace StepCaRenew.Unit.Logging;

public sealed class EventSubjectTests
{
    [Fact]
    public async Task Show_WithinTheFlowThatHasAName_MessagesBeginWithIt()
    {
        var sink = new Sink();
        var log = new CallLog(sink);
        await Task.WhenAll(Work(log, "a.crt"), Work(log, "b.crt"), Work(log, null));
        Assert.Equal(
            ["Debug a.crt: x", "Debug b.crt: x", "Debug x", "Information x", "Information x", "Information x", "Warning a.crt: x", "Warning b.crt: x", "Warning x"],
            sink.Shown.Order(StringComparer.Ordinal));
        Assert.Null(EventSubject.Name);
    }

    private static async Task Work(CallLog log, string? name)
    {
        EventSubject.Name = name;
        await Task.Yield();
        foreach (var level in new[] { LogLevel.Debug, LogLevel.Information, LogLevel.Warning })
            log.Log(level, default, "x", null, (text, _) => text);
    }

    private sealed class Sink : IEventSink
    {
        private readonly List<string> shown = [];

        public IReadOnlyList<string> Shown => shown;

        public bool Shows(EventLevel level) => true;

        public void Show(EventLevel level, string message)
        {
            lock (shown)
                shown.Add($"{level} {message}");
        }
    }
}
