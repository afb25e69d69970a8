using System.Management.Automation;
using StepCaRenew.Cmdlets.Support;

namespace StepCaRenew.Cmdlets;

/// <summary>Unregister-StepRenewalTask: removes schedule, definition and state of renewals, never a certificate or key.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "StepRenewalTask", SupportsShouldProcess = true, DefaultParameterSetName = NameSet, HelpUri = HelpPages.Folder + "Unregister-StepRenewalTask.md")]
[OutputType(typeof(void))]
public sealed class UnregisterStepRenewalTaskCommand : StepCmdlet
{
    private const string NameSet = "Name";
    private const string InputObjectSet = "InputObject";

    /// <summary>Names of registered renewals; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RegisteredNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Do not ask, even if a wildcard means several renewals.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Registered renewals, as Get-StepRenewalTask shows them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    [PSTypeName(RenewalTaskAttribute.TypeName)]
    [RenewalTask]
    [ValidateNotNullOrEmpty]
    public PSObject[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => Terminating(() =>
    {
        var registrar = new TaskServices(this, Pump).Registrar;
        var found = ParameterSetName == InputObjectSet ? RegisteredNameCompleter.Resolve(InputObject) : RegisteredNameCompleter.Resolve(Name);
        if (ParameterSetName == NameSet && !IsWanted([.. found.Where(one => one.Store is not null).Select(one => one.Name).Except(Name, StringComparer.OrdinalIgnoreCase)]))
            return;
        foreach (var (store, name) in found)
        {
            NonTerminating(name, () =>
            {
                var place = RegisteredNameCompleter.Require(store, name);
                if (ShouldProcess(place.Folders.DefinitionFile(name), "Remove the schedule, the definition and the state of the renewal"))
                    Pump.Run(stopping => registrar.UnregisterAsync(place, name, stopping));
            });
        }
    });

    // A pattern can match more than the user expects. -WhatIf changes nothing, and -Confirm asks for each.
    private bool IsWanted(string[] names)
    {
        if (names.Length < 2 || Force || MyInvocation.BoundParameters.ContainsKey("Confirm") || IsWhatIf())
            return true;
        try
        {
            return ShouldContinue($"Unregister {names.Length} renewals: {string.Join(", ", names)}? Their certificates and keys stay, but are not renewed any more.", "Unregister renewals");
        }
        catch (Exception e) when (e is not PipelineStoppedException)
        {
            // Without a user (-NonInteractive, a job, closed input) each host throws its own exception.
            throw new RenewalException(
                ErrorId.ConfirmationRequired, $"'{string.Join("', '", Name)}' matches {names.Length} renewals ({string.Join(", ", names)}), and this session cannot ask for confirmation. Nothing was unregistered.",
                "Give -Force, or name each renewal.", e);
        }
    }
}
