namespace StepCaRenew.Cmdlets.Support;

/// <summary>Where the help pages are on the web; Get-Help -Online opens them.</summary>
internal static class HelpPages
{
    /// <summary>The folder of the pages, with a slash at its end.</summary>
    public const string Folder = "https://github.com/StepCaRenew/StepCaRenew/blob/main/docs/commands/";
}
