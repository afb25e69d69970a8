using System.Management.Automation;
using StepCaRenew.Logging;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Shows the engine's events on PowerShell's streams. Failures are error records of their own.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="pump">Runs actions on the pipeline thread.</param>
/// <param name="ending">The levels that can end the call; their events are shown after the outcome.</param>
internal sealed class PipelineEvents(PSCmdlet cmdlet, PipelinePump pump, EndingLevels ending) : IEventSink
{
    // Lower levels are not visible, and for ten thousand certificates they would take as long as the work.
    private readonly EventLevel lowest = EndingLevels.ShowsVerbose(cmdlet) ? EventLevel.Debug : EventLevel.Information;

    private static readonly string[] Tags = ["StepCaRenew"];

    /// <inheritdoc/>
    public bool Shows(EventLevel level) => level >= lowest;

    /// <inheritdoc/>
    public void Show(EventLevel level, string message)
    {
        Action show = level switch
        {
            EventLevel.Warning => () => cmdlet.WriteWarning(message),
            EventLevel.Information => () => cmdlet.WriteInformation(message, Tags),
            _ => () => cmdlet.WriteVerbose(message),
        };
        if (!ending.Contains(level))
        {
            pump.Post(show);
            return;
        }

        pump.PostLate(show);
        if (ending.EndTheWork(level))
            pump.Stop();
    }
}

/// <summary>
/// Which events can end the call: those whose preference is Stop, or Inquire, because the user can choose to stop (and
/// without a user, the question itself fails). After that, PowerShell accepts no result of the cmdlet.
/// </summary>
/// <param name="cmdlet">The cmdlet with its parameters and preferences.</param>
internal sealed class EndingLevels(PSCmdlet cmdlet)
{
    private readonly ActionPreference? warning = Read(cmdlet, "WarningAction", "WarningPreference");
    private readonly ActionPreference? information = Read(cmdlet, "InformationAction", "InformationPreference");
    private readonly ActionPreference? debug = Read(cmdlet, "Verbose", "VerbosePreference");
    private readonly bool asksAlways = cmdlet.MyInvocation.BoundParameters.TryGetValue("Debug", out var asks) && LanguagePrimitives.IsTrue(asks);

    /// <summary>Whether events of a level can end the call.</summary>
    public bool Contains(EventLevel level) => asksAlways || PreferenceFor(level) is ActionPreference.Stop or ActionPreference.Inquire;

    /// <summary>Whether such an event also cancels the work.</summary>
    // A warning does, so that a CA that is down is not asked again; an information does not stop the work halfway.
    public bool EndTheWork(EventLevel level) => level == EventLevel.Warning && warning == ActionPreference.Stop;

    /// <summary>Whether the first error ends the call: -ErrorAction Stop.</summary>
    public static bool EndsAtErrors(PSCmdlet cmdlet) => Read(cmdlet, "ErrorAction", "ErrorActionPreference") == ActionPreference.Stop;

    /// <summary>Whether debug events are shown: -Verbose.</summary>
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

    private static ActionPreference? Read(PSCmdlet cmdlet, string parameter, string variable) =>
        Preference(cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var named) ? named : cmdlet.GetVariableValue(variable));

    private static ActionPreference? Preference(object? value) =>
        value is ActionPreference known ? known
        : value is not SwitchParameter && LanguagePrimitives.TryConvertTo<ActionPreference>(value, out var preference) ? preference : null;
}
