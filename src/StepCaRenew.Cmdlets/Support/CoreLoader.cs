using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;
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

/// <summary>
/// The load context of the engine and its packages, from the folder lib next to this assembly: compiled in advance from the
/// platform's folder in it, or else as they are, for .NET to compile.
/// </summary>
internal sealed class CoreContext() : AssemblyLoadContext("StepCaRenew")
{
    /// <summary>The engine's assembly.</summary>
    public const string Core = "StepCaRenew.Core";

    private readonly string folder = Path.Combine(Path.GetDirectoryName(typeof(CoreContext).Assembly.Location)!, "lib");
    private readonly string? platform = ImagePlatform(Environment.Version, CurrentSystem(), RuntimeInformation.ProcessArchitecture);

    /// <summary>The platform whose images this process can use, or null. The images were compiled for .NET 10, and an older one refuses them.</summary>
    /// <param name="runtime">The version of .NET.</param>
    /// <param name="system">win, linux, osx, or null.</param>
    /// <param name="processor">That of the process.</param>
    internal static string? ImagePlatform(Version runtime, string? system, Architecture processor) => (system, processor) switch
    {
        _ when runtime.Major < 10 => null,
        ("win", Architecture.X64) => "win-x64",
        ("win", Architecture.Arm64) => "win-arm64",
        ("linux", Architecture.X64) => "linux-x64",
        ("linux", Architecture.Arm64) => "linux-arm64",
        ("osx", Architecture.Arm64) => "osx-arm64",
        _ => null,
    };

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var file = assemblyName.Name + ".dll";
        if (platform is not null && LoadImage(Path.Combine(folder, platform, file)) is { } image)
            return image;
        // The host provides the others: .NET itself and PowerShell.
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    // An image only saves time: one that cannot be loaded must not stop a renewal.
    private Assembly? LoadImage(string path)
    {
        try
        {
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
        catch (Exception e) when (e is BadImageFormatException or IOException)
        {
            return null;
        }
    }

    private static string? CurrentSystem() =>
        OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : null;
}
