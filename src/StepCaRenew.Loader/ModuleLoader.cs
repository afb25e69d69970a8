using System.Reflection;
using System.Runtime.Loader;

namespace StepCaRenew.Loader;

/// <summary>
/// Loads the cmdlets, the engine and their packages into a load context of their own, so that another module's
/// version of the same package can't collide with ours. The one type that the module's script knows.
/// </summary>
public sealed class ModuleLoader : AssemblyLoadContext
{
    private static readonly object Gate = new();
    private static Assembly? cmdlets;

    private readonly string folder;

    private ModuleLoader(string folder)
        : base("StepCaRenew") => this.folder = folder;

    /// <summary>The assembly of the cmdlets; loaded once per process, however often the module is imported.</summary>
    public static Assembly Load()
    {
        if (cmdlets is null)
        {
            lock (Gate)
            {
                var folder = Path.Combine(Path.GetDirectoryName(typeof(ModuleLoader).Assembly.Location)!, "lib");
                // Two runspaces may import at once; the second finds what the first has loaded.
                cmdlets ??= new ModuleLoader(folder).LoadFromAssemblyPath(Path.Combine(folder, "StepCaRenew.Cmdlets.dll"));
            }
        }

        return cmdlets;
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // What does not lie beside the cmdlets (.NET itself, PowerShell) comes from the host.
        var path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
