using System.Runtime.Versioning;
using StepCaRenew.Accounts;

namespace StepCaRenew.Registration;

/// <summary>Checks that the account of a run can write the file of -MetricsPath. No run creates its folder, which belongs to the exporter.</summary>
internal static class MetricRights
{
    private const string OtherFolder = "or name a file in another folder that the exporter reads";

    /// <summary>Requires that there is a folder for the file.</summary>
    /// <exception cref="RenewalException">There is none (<see cref="ErrorId.FolderNotWritable"/>).</exception>
    public static void RequireFolder(RenewalDefinition definition)
    {
        if (definition.MetricsPath is { } path && Path.GetDirectoryName(path) is var folder && !Directory.Exists(folder))
            throw new RenewalException(
                ErrorId.FolderNotWritable, $"The runs could not write the metrics '{path}': the folder '{folder}' does not exist.", $"Create the folder, {OtherFolder}.");
    }

    /// <summary>Requires that the account can replace the file, which takes the right to write in the folder.</summary>
    /// <exception cref="RenewalException">It cannot (<see cref="ErrorId.FolderNotWritable"/>).</exception>
    [UnsupportedOSPlatform("windows")]
    public static async Task RequireWritableAsync(RenewalDefinition definition, AccountAccess access, TaskAccount account, CancellationToken cancellationToken)
    {
        if (definition.MetricsPath is not { } path)
            return;
        var folder = Path.GetDirectoryName(path)!;
        if (!await access.CanWriteAsync(folder, cancellationToken).ConfigureAwait(false) || !await access.CanExecuteAsync(folder, cancellationToken).ConfigureAwait(false))
            throw new RenewalException(
                ErrorId.FolderNotWritable, $"'{account.Display}', the account of the run, cannot write the metrics '{path}': it cannot write in the folder '{folder}'.",
                $"Give that user permission to write there, {OtherFolder}. Or omit -MetricsPath, and write the metrics in a job of root: Get-StepRenewalTask | Export-StepMetric.");
    }
}
