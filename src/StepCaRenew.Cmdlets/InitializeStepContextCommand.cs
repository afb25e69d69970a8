using System.Management.Automation;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Cmdlets;

/// <summary>Initialize-StepContext: makes this account trust a CA by the fingerprint of its root, as <c>step ca bootstrap</c> does.</summary>
[Cmdlet(VerbsData.Initialize, "StepContext", SupportsShouldProcess = true, HelpUri = HelpPages.Folder + "Initialize-StepContext.md")]
[OutputType(typeof(StepContext))]
public sealed class InitializeStepContextCommand : StepCmdlet
{
    /// <summary>The URL of the CA.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string CaUrl { get; set; } = string.Empty;

    /// <summary>The SHA-256 fingerprint of the CA's root certificate.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Fingerprint { get; set; } = string.Empty;

    /// <summary>The name of the step context to create; without it, one is created only if the step folder has contexts.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Context { get; set; }

    /// <summary>The folder of step's configuration, instead of $STEPPATH or ~/.step.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StepPath { get; set; }

    /// <summary>Also add the root to the trusted root certificates of the machine.</summary>
    [Parameter]
    public SwitchParameter InstallRoot { get; set; }

    /// <summary>Replace the configuration of another CA.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Terminating(() =>
    {
        var (address, fingerprint) = (CaAddress.Parse(CaUrl), RootFingerprint.Parse(Fingerprint));
        var store = InstallRoot ? TrustStore.Require(TimeProvider.System) : null;
        var options = ReadCa(CaUrl, root: null, Context, StepPath);
        using var bootstrap = Pump.Run(stopping => Bootstrap.PrepareAsync(address, fingerprint, options, Force, TimeProvider.System, CaSettingsResolver.FromProcess, stopping));
        var action = $"Trust the CA at {address.Text} with the root certificate '{bootstrap.Root.Subject}' ({fingerprint[..8]}…, until {bootstrap.Root.NotAfter:s})";
        if (!ShouldProcess(bootstrap.Setup.DefaultsPath, store is null ? action : $"{action}, and add it to {store.Name}"))
            return;
        var hidden = bootstrap.Setup.HiddenDefaults;
        using var folders = new OpenFolders();
        var context = Pump.Run(stopping => bootstrap.CompleteAsync(new Volume(folders), store, stopping));
        WriteObject(Shown.For(context));
        if (hidden is not null)
            WriteWarning($"The step folder has contexts now, so the CA in '{hidden}' is used only with -CaUrl and -Root. Initialize a context for it as well to select it with -Context.");
    });
}
