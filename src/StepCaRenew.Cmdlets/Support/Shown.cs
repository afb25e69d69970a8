using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// Tells the tables (StepCaRenew.Format.ps1xml) what they are shown on, by names of the result's type. The tables cannot find
/// out themselves: in the constrained language mode they have no access to the console.
/// </summary>
internal static class Shown
{
    /// <summary>The result, as a table needs it: with colours on a terminal, in ASCII if the console has no Unicode.</summary>
    public static PSObject Of(object result)
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
