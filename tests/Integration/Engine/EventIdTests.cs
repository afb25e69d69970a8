using System.Reflection;
using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;

namespace StepCaRenew.Integration.Engine;

/// <summary>Event ids are a public face: monitoring filters on them, so one that is there never changes.</summary>
public sealed class EventIdTests
{
    private static readonly List<(int Id, string Name, LogLevel Level)> Events =
    [
        .. typeof(RenewalLog).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(method => (Event: method.GetCustomAttribute<LoggerMessageAttribute>(), method.Name)).Where(one => one.Event is not null)
            .Select(one => (one.Event!.EventId, one.Name, one.Event.Level)).Order(),
    ];

    [Fact]
    public void Ids_AreUnique() => Assert.Distinct(Events.Select(one => one.Id));

    // A new event gets its line here. A line that is here stays.
    [Fact]
    public void Ids_AreThese() => Assert.Equal(
        [
            (Event.Loaded, "Loaded", LogLevel.Debug),
            (Event.DeploymentAwaited, "DeploymentAwaited", LogLevel.Debug),
            (Event.LockAwaited, "LockAwaited", LogLevel.Debug),
            (Event.NotLocked, "NotLocked", LogLevel.Debug),
            (Event.Recovered, "Recovered", LogLevel.Warning),
            (Event.Swept, "Swept", LogLevel.Debug),
            (Event.NotSwept, "NotSwept", LogLevel.Warning),
            (Event.KeyNotLocked, "KeyNotLocked", LogLevel.Debug),
            (Event.NotDue, "NotDue", LogLevel.Debug),
            (Event.Due, "Due", LogLevel.Debug),
            (Event.Forced, "Forced", LogLevel.Debug),
            (Event.AskingCa, "AskingCa", LogLevel.Debug),
            (Event.Retrying, "Retrying", LogLevel.Warning),
            (Event.ClockDiffers, "ClockDiffers", LogLevel.Warning),
            (Event.AskingAgain, "AskingAgain", LogLevel.Debug),
            (Event.IssuersShown, "IssuersShown", LogLevel.Information),
            (Event.NoMoreTokens, "NoMoreTokens", LogLevel.Information),
            (Event.AnswerVerified, "AnswerVerified", LogLevel.Debug),
            (Event.IssuerEndsEarlier, "IssuerEndsEarlier", LogLevel.Warning),
            (Event.ChangedDuringRenewal, "ChangedDuringRenewal", LogLevel.Warning),
            (Event.HardLinked, "HardLinked", LogLevel.Warning),
            (Event.OwnerNotKept, "OwnerNotKept", LogLevel.Warning),
            (Event.Renewed, "Renewed", LogLevel.Information),
            (Event.Issued, "Issued", LogLevel.Information),
            (Event.Failed, "Failed", LogLevel.Error),
            (Event.CallEnded, "CallEnded", LogLevel.Error),
            (Event.RootsFollowed, "RootsFollowed", LogLevel.Warning),
            (Event.RootsNotFollowed, "RootsNotFollowed", LogLevel.Warning),
        ],
        Events);

    [Fact]
    public void Numbers_AreThese() => Assert.Equal([100, 101, 102, 103, 104, 105, 106, 107, 110, 111, 112, 120, 121, 122, 123, 124, 125, 130, 131, 140, 141, 142, 150, 151, 190, 191, 193, 194], Events.Select(one => one.Id));
}
