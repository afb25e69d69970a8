using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// Adds type names to results, by which the tables of StepCaRenew.Format.ps1xml know the kind of output. In the constrained
/// language mode the tables have no access to the console.
/// </summary>
internal static class Shown
{
    /// <summary>The result with the type names for a terminal (colours) and for a console without Unicode (ASCII).</summary>
    public static PSObject For(object result)
    {
        var shown = new PSObject(result);
        var type = result.GetType().FullName;
        if (!Console.IsOutputRedirected)
            shown.TypeNames.Insert(0, type + "#Terminal");
        if (!Console.OutputEncoding.WebName.StartsWith("utf-", StringComparison.OrdinalIgnoreCase))
            shown.TypeNames.Insert(0, type + "#Ascii");
        return shown;
    }
}
