namespace StepCaRenew.Cmdlets.Support;

/// <summary>The folder of this module.</summary>
internal static class ModuleFolder
{
    // This assembly is in its folder bin.
    public static string Path { get; } =
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(typeof(ModuleFolder).Assembly.Location)!, ".."));
}
