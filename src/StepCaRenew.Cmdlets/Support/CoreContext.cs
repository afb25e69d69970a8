using System.Reflection;
using System.Runtime.Loader;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Where the engine and its packages are loaded: what lies in lib beside this assembly.</summary>
internal sealed class CoreContext() : AssemblyLoadContext("StepCaRenew")
{
    /// <summary>The engine's assembly.</summary>
    public const string Core = "StepCaRenew.Core";

    private readonly string folder = Path.Combine(Path.GetDirectoryName(typeof(CoreContext).Assembly.Location)!, "lib");

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // What does not lie there (.NET itself, PowerShell) comes from the host.
        var path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
