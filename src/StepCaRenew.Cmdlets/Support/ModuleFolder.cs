namespace StepCaRenew.Cmdlets.Support;

/// <summary>Where the module lies that this assembly is part of.</summary>
internal static class ModuleFolder
{
    // This assembly lies in bin of it.
    public static string Path { get; } =
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(typeof(ModuleFolder).Assembly.Location)!, ".."));
}
