using System.Management.Automation;
using System.Runtime.Loader;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// Lets the engine and its packages be loaded into a context of their own, so that another module's version of the same
/// package can't collide with ours. PowerShell calls it on import, before it looks at any cmdlet.
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
            // Once per process, however often and in however many runspaces the module is imported.
            if (context is not null)
                return;
            context = new CoreContext();
            // The engine alone is asked for from outside; its packages are asked for by the engine.
            AssemblyLoadContext.Default.Resolving += (_, name) => name.Name == CoreContext.Core ? context.LoadFromAssemblyName(name) : null;
        }
    }
}
