using System.Management.Automation;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Monitoring;
using StepCaRenew.Registration;

namespace StepCaRenew.Cmdlets;

/// <summary>Export-StepMetric: writes the metrics of registered renewals into a file for Prometheus.</summary>
[Cmdlet(VerbsData.Export, "StepMetric", SupportsShouldProcess = true, DefaultParameterSetName = PathSet, HelpUri = HelpPages.Folder + "Export-StepMetric.md")]
[OutputType(typeof(void))]
public sealed class ExportStepMetricCommand : StepCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private readonly List<PSObject> tasks = [];
    private MetricFile? file;

    /// <summary>The file: a name that ends with .prom, in the folder that node_exporter or windows_exporter reads.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>The same, as for other cmdlets that write files: neither of the two has wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Registered renewals, as Get-StepRenewalTask shows them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [PSTypeName(RenewalTaskAttribute.TypeName)]
    [RenewalTask]
    [ValidateNotNullOrEmpty]
    public PSObject[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing() => Terminating(() => file = new MetricFile(FullPath(ParameterSetName == LiteralPathSet ? LiteralPath : Path), TimeProvider.System));

    /// <inheritdoc/>
    protected override void ProcessRecord() => tasks.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing() => Terminating(() =>
    {
        if (!ShouldProcess(file!.FilePath, "Write the metrics of registered renewals"))
            return;
        var metrics = tasks.SelectMany(TaskMetrics.FromTask).ToList();
        // A renewal that is not among them can still be registered: its definition may be broken. Its old times raise an alert;
        // without them it would be forgotten.
        var others = RegisteredNames.Find(_ => true).Select(one => one.Name).Except(metrics.Select(one => one.Name!), RenewalName.Comparer).ToHashSet(RenewalName.Comparer);
        Pump.Run(stopping => file.ReplaceAsync(metrics, one => one.Name is { } name && !others.Contains(name), stopping));
        foreach (var (name, other) in tasks.Select(task => (task.Properties["Name"].Value, TaskMetrics.Text(task, nameof(RenewalTask.MetricsPath)))))
        {
            if (other is not null && other != file.FilePath && System.IO.Path.GetDirectoryName(other) == System.IO.Path.GetDirectoryName(file.FilePath))
                WriteWarning($"{name}: its runs write the same metrics to '{other}'. An exporter that finds them in two files of one folder reports an error or drops them: export to another folder, or register the renewal without -MetricsPath.");
        }
    });
}
