using System.Management.Automation;
using Microsoft.Extensions.Logging;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// Which events may end the call: -InformationAction Stop, -WarningAction Stop, and whatever asks a question, which
/// ends it where nobody is there. PowerShell takes no result after that.
/// </summary>
internal static class EndingLevels
{
    private static readonly (LogLevel Level, string Parameter, string Variable)[] Streams =
    [
        (LogLevel.Warning, "WarningAction", "WarningPreference"),
        (LogLevel.Information, "InformationAction", "InformationPreference"),
        (LogLevel.Debug, "Verbose", "VerbosePreference"),
    ];

    /// <summary>The levels for which the parameters and preferences of a call say so.</summary>
    public static IReadOnlySet<LogLevel> Of(PSCmdlet cmdlet)
    {
        var parameters = cmdlet.MyInvocation.BoundParameters;
        var asksAlways = parameters.TryGetValue("Debug", out var debug) && LanguagePrimitives.IsTrue(debug);
        return Streams
            .Where(one => asksAlways || Ends(parameters.TryGetValue(one.Parameter, out var named) ? named : cmdlet.GetVariableValue(one.Variable)))
            .Select(one => one.Level).ToHashSet();
    }

    private static bool Ends(object? preference) =>
        preference is not SwitchParameter && LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action)
        && action is ActionPreference.Stop or ActionPreference.Inquire;
}
