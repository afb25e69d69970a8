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

    /// <summary>
    /// Jobs and remoting keep only the first level of an object: the roots and provisioners would be texts without properties. A
    /// types file of the module would say this for every session, and cost each start of a scheduled run 10 ms.
    /// </summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(@"Microsoft.PowerShell.Utility\Update-TypeData")
            .AddParameter("TypeName", typeof(StepCa).FullName).AddParameter("SerializationDepth", 3).AddParameter("Force").Invoke();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Terminating(() =>
    {
        var options = ReadCa();
        WriteObject(Shown.For(Pump.Run(stopping => new CaInspector(TimeProvider.System, CaSettingsResolver.FromProcess).InspectAsync(options, stopping))));
    });
}
