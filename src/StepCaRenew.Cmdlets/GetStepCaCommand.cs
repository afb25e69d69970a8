using System.Management.Automation;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Inspection;

namespace StepCaRenew.Cmdlets;

/// <summary>Get-StepCa: asks a CA for its health, version, roots and provisioners.</summary>
[Cmdlet(VerbsCommon.Get, "StepCa", HelpUri = HelpPages.Folder + "Get-StepCa.md")]
[OutputType(typeof(StepCa))]
public sealed class GetStepCaCommand : CaCmdlet
{
    /// <inheritdoc/>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public override string? CaUrl { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Terminating(() =>
    {
        var options = ReadCa();
        WriteObject(Shown.For(Pump.Run(stopping => new CaInspector(TimeProvider.System, CaSettingsResolver.FromProcess).InspectAsync(options, stopping))));
    });
}
