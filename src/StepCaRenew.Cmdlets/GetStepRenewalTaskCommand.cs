using System.Management.Automation;
using StepCaRenew.Cmdlets.Support;

namespace StepCaRenew.Cmdlets;

/// <summary>Get-StepRenewalTask: shows registered renewals with their schedules, states and certificates.</summary>
[Cmdlet(VerbsCommon.Get, "StepRenewalTask", HelpUri = HelpPages.Folder + "Get-StepRenewalTask.md")]
[OutputType(typeof(RenewalTask))]
public sealed class GetStepRenewalTaskCommand : StepCmdlet
{
    /// <summary>Names of registered renewals; wildcards are allowed. Without one, all are shown.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RegisteredNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord() => Terminating(() =>
    {
        var services = new TaskServices(this, Pump);
        foreach (var (store, name) in RegisteredNameCompleter.Resolve(Name))
        {
            NonTerminating(name, () =>
            {
                var task = Pump.Run(stopping => services.ReaderFor(RegisteredNameCompleter.Require(store, name)).ReadAsync(store!, name, stopping));
                WriteObject(Shown.For(task));
                if (task.RootWarning is { } warning)
                    WriteWarning($"{name}: {warning}");
            });
        }
    });
}
