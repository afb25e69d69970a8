using System.Management.Automation;
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
