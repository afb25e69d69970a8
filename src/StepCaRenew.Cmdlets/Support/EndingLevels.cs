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

    /// <summary>The levels for which the parameters and preferences of a call say so; true where the work is to end as well.</summary>
    public static IReadOnlyDictionary<LogLevel, bool> Of(PSCmdlet cmdlet)
    {
        var parameters = cmdlet.MyInvocation.BoundParameters;
        var asksAlways = parameters.TryGetValue("Debug", out var debug) && LanguagePrimitives.IsTrue(debug);
        var levels = new Dictionary<LogLevel, bool>();
        foreach (var (level, parameter, variable) in Streams)
        {
            var preference = Preference(parameters.TryGetValue(parameter, out var named) ? named : cmdlet.GetVariableValue(variable));
            // A CA that is down is not asked again; what is said besides warnings is no reason to do half of the work.
            if (asksAlways || preference is ActionPreference.Stop or ActionPreference.Inquire)
                levels.Add(level, level == LogLevel.Warning && preference == ActionPreference.Stop);
        }

        return levels;
    }

    /// <summary>Whether the first error ends the call: -ErrorAction Stop.</summary>
    public static bool EndsAtErrors(PSCmdlet cmdlet) => Preference(
        cmdlet.MyInvocation.BoundParameters.TryGetValue("ErrorAction", out var named) ? named : cmdlet.GetVariableValue("ErrorActionPreference")) == ActionPreference.Stop;

    /// <summary>Whether anybody wants to see the events of debugging: -Verbose.</summary>
    public static bool ShowsVerbose(PSCmdlet cmdlet) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue("Verbose", out var named)
            ? LanguagePrimitives.IsTrue(named)
            : Preference(cmdlet.GetVariableValue("VerbosePreference")) is not (null or ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    private static ActionPreference? Preference(object? value) =>
        value is not SwitchParameter && LanguagePrimitives.TryConvertTo<ActionPreference>(value, out var preference) ? preference : null;
}
