using System.Management.Automation;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Inspection;

namespace StepCaRenew.Cmdlets;

/// <summary>Get-StepCa: asks a CA for its health, version, roots and provisioners.</summary>
[Cmdlet(VerbsCommon.Get, "StepCa", HelpUri = HelpPages.Folder + "Get-StepCa.md")]
[OutputType(typeof(StepCa))]
public sealed class GetStepCaCommand : StepCmdlet, IDisposable
{
    private readonly PipelinePump pump = new();

    /// <summary>The URL of the CA; by default that of step's configuration.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? CaUrl { get; set; }

    /// <summary>The root certificate file of the CA; by default that of step's configuration.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>The name of a step context.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>The folder of step's configuration, instead of $STEPPATH or ~/.step.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StepPath { get; set; }

    /// <inheritdoc/>
    public void Dispose() => pump.Dispose();

    /// <inheritdoc/>
    protected override void ProcessRecord() => Terminating(() =>
    {
        var options = ReadCa(CaUrl, Root, Context, StepPath);
        WriteObject(Shown.For(pump.Run(stopping => new CaInspector(TimeProvider.System, CaSettingsResolver.FromProcess).InspectAsync(options, stopping))));
    });

    /// <inheritdoc/>
    protected override void StopProcessing() => pump.Stop();
}
