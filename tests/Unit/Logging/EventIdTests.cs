using System.Reflection;
using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;

namespace StepCaRenew.Unit.Logging;

/// <summary>Monitoring filters on the ids of events, in whichever folder they are defined.</summary>
public sealed class EventIdTests
{
    private static readonly List<(int Id, string Name)> Events =
    [
        .. typeof(TaskLog).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => (method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId, method.Name))
            .Where(one => one.EventId is not null).Select(one => (one.EventId!.Value, one.Name)),
    ];

    [Fact]
    public void Ids_AreUnique()
    {
        Assert.True(Events.Count > 30);
        Assert.Distinct(Events.Select(one => one.Id));
    }

    // EventCreate.exe, which shows them in the event log of Windows, has no messages for other ids.
    [Fact]
    public void Ids_AreThoseThatTheEventLogOfWindowsShows() => Assert.All(Events, one => Assert.InRange(one.Id, 1, 1000));

    // A new event gets a new number here; one that is here never changes.
    [Fact]
    public void IdsOfTasks_AreThese() => Assert.Equal(
        "180 StateNotRead, 181 StateNotWritten, 182 Refused, 183 Registered, 184 Unregistered, 185 Foreign, 186 Warned, 187 Tested, 188 Skipped, 189 OfOtherAccount",
        string.Join(", ", Events.Where(one => one.Id is >= 180 and < 190).OrderBy(one => one.Id).Select(one => $"{one.Id} {one.Name}")));
}
