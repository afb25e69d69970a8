using System.Management.Automation;
using StepCaRenew.Logging;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// Which events may end the call: -InformationAction Stop, -WarningAction Stop, and whatever asks a question, which
/// ends it where nobody is there. PowerShell takes no result after that.
/// </summary>
/// <param name="cmdlet">The cmdlet, whose parameters and preferences say so.</param>
internal sealed class EndingLevels(PSCmdlet cmdlet)
{
    private readonly ActionPreference? warning = Of(cmdlet, "WarningAction", "WarningPreference");
    private readonly ActionPreference? information = Of(cmdlet, "InformationAction", "InformationPreference");
    private readonly ActionPreference? debug = Of(cmdlet, "Verbose", "VerbosePreference");
    private readonly bool asksAlways = cmdlet.MyInvocation.BoundParameters.TryGetValue("Debug", out var asks) && LanguagePrimitives.IsTrue(asks);

    /// <summary>Whether events of a level may end the call.</summary>
    public bool Contains(EventLevel level) => asksAlways || PreferenceFor(level) is ActionPreference.Stop or ActionPreference.Inquire;

    /// <summary>Whether the work is to end as well.</summary>
    // A CA that is down is not asked again; what is said besides warnings is no reason to do half of the work.
    public bool EndTheWork(EventLevel level) => level == EventLevel.Warning && warning == ActionPreference.Stop;

    /// <summary>Whether the first error ends the call: -ErrorAction Stop.</summary>
    public static bool EndsAtErrors(PSCmdlet cmdlet) => Of(cmdlet, "ErrorAction", "ErrorActionPreference") == ActionPreference.Stop;

    /// <summary>Whether anybody wants to see the events of debugging: -Verbose.</summary>
    public static bool ShowsVerbose(PSCmdlet cmdlet) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue("Verbose", out var named)
            ? LanguagePrimitives.IsTrue(named)
            : Preference(cmdlet.GetVariableValue("VerbosePreference")) is not (null or ActionPreference.SilentlyContinue or ActionPreference.Ignore);

    private ActionPreference? PreferenceFor(EventLevel level) => level switch
    {
        EventLevel.Warning => warning,
        EventLevel.Information => information,
        _ => debug,
    };

    private static ActionPreference? Of(PSCmdlet cmdlet, string parameter, string variable) =>
        Preference(cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var named) ? named : cmdlet.GetVariableValue(variable));

    private static ActionPreference? Preference(object? value) =>
        value is ActionPreference known ? known
        : value is not SwitchParameter && LanguagePrimitives.TryConvertTo<ActionPreference>(value, out var preference) ? preference : null;
}
