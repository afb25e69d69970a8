using System.Reflection;
using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;

namespace StepCaRenew.Unit.Logging;

public sealed class ActionLogTests
{
    private static readonly List<LoggerMessageAttribute> Events =
        [.. typeof(ActionLog).GetMethods(BindingFlags.Static | BindingFlags.Public).Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()!).Where(one => one is not null)];

    // Monitoring filters on the ids: a new event gets a new one, and one that is here never changes.
    [Fact]
    public void Ids_AreThese() => Assert.Equal(
        "160 Debug, 161 Debug, 162 Information, 163 Debug, 164 Debug, 165 Information, 166 Error, 167 Warning, 168 Information, 170 Warning, 171 Warning, 172 Debug, 173 Warning, 174 Warning, 175 Information, 176 Warning, 177 Information, 178 Warning, 179 Debug, 192 Information, 198 Information, 199 Error",
        string.Join(", ", Events.OrderBy(one => one.EventId).Select(one => $"{one.EventId} {one.Level}")));
}
