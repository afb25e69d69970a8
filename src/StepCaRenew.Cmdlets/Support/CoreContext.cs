using System.Reflection;
using System.Runtime.Loader;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>The load context of the engine and its packages, from the folder lib next to this assembly.</summary>
internal sealed class CoreContext() : AssemblyLoadContext("StepCaRenew")
{
    /// <summary>The engine's assembly.</summary>
    public const string Core = "StepCaRenew.Core";

    private readonly string folder = Path.Combine(Path.GetDirectoryName(typeof(CoreContext).Assembly.Location)!, "lib");

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // The host provides the others: .NET itself and PowerShell.
        var path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
