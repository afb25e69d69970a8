using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// Loads the engine and its packages into a load context of their own, so that they do not collide with another module's
/// version of the same package. PowerShell calls this on import, before it reads the cmdlets.
/// </summary>
public sealed class CoreLoader : IModuleAssemblyInitializer
{
    private static readonly object Gate = new();
    private static CoreContext? context;

    /// <inheritdoc/>
    public void OnImport()
    {
        lock (Gate)
        {
            // Once per process, also if several runspaces import the module.
            if (context is not null)
                return;
            context = new CoreContext();
            // Only the engine is requested from outside; the engine requests its packages.
            AssemblyLoadContext.Default.Resolving += (_, name) => name.Name == CoreContext.Core ? context.LoadFromAssemblyName(name) : null;
        }
    }
}

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
