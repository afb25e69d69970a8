using System.Management.Automation;
using StepCaRenew.Cmdlets.Support;

namespace StepCaRenew.Cmdlets;

/// <summary>Unregister-StepRenewalTask: takes schedule, definition and state of renewals away; never certificate or key.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "StepRenewalTask", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class UnregisterStepRenewalTaskCommand : StepCmdlet, IDisposable
{
    private readonly PipelinePump pump = new();

    /// <summary>Names of registered renewals; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RegisteredNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    public void Dispose() => pump.Dispose();

    /// <inheritdoc/>
    protected override void ProcessRecord() => Terminating(() =>
    {
        var registrar = new TaskServices(this, pump).Registrar;
        foreach (var (store, name) in RegisteredNameCompleter.Resolve(Name))
        {
            NonTerminating(name, () =>
            {
                var place = RegisteredNameCompleter.Demand(store, name);
                if (ShouldProcess(place.Folders.DefinitionOf(name), "Take away the schedule, the definition and the state of the renewal"))
                    pump.Run(async stopping =>
                    {
                        await registrar.UnregisterAsync(place, name, stopping).ConfigureAwait(false);
                        return true;
                    });
            });
        }
    });

    /// <inheritdoc/>
    protected override void StopProcessing() => pump.Stop();
}
