using System.Reflection;
using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;

namespace StepCaRenew.Unit.Logging;

public sealed class WindowsEventLogTests
{
    [Theory]
    [InlineData(LogLevel.Information, 4)]
    [InlineData(LogLevel.Warning, 2)]
    [InlineData(LogLevel.Error, 1)]
    [InlineData(LogLevel.Critical, 1)]
    public void TypeOf_Level_IsThatOfTheEventLog(LogLevel level, int type) => Assert.Equal(type, WindowsEventLog.TypeOf(level));

    [Fact]
    public void Text_LongMessage_IsCutToTheLimitOfTheLog()
    {
        Assert.Equal("a b", WindowsEventLog.Text("a\0b"));
        Assert.Equal(31_839, WindowsEventLog.Text(new string('x', 50_000)).Length);
    }

    [Fact]
    public void OffWindows_NothingIsWritten()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "This is Windows.");
        var log = new WindowsEventLog();
        Assert.False(log.IsEnabled(LogLevel.Error));
        log.Log(LogLevel.Error, new EventId(190), "x", null, (_, _) => throw new InvalidOperationException("Nobody should ask."));
        Assert.False(WindowsEventSource.Register());
    }

    // EventCreate.exe has messages for the ids 1 to 1000 and no others.
    [Fact]
    public void EveryEventOfTheModule_HasAMessageInTheFile()
    {
        var ids = typeof(WindowsEventLog).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .Select(message => message.EventId)
            .ToList();
        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.InRange(id, 1, 1000));
    }
}
