using StepCaRenew.FileSystem;

namespace StepCaRenew.Permissions;

/// <summary>Something that only the trusted may change.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="What">What it is in a sentence: <c>the script</c>, <c>the definition</c>, <c>the log folder</c>.</param>
/// <param name="WithContents">Whether all that lies in the folder counts as well: a module loads what lies beside it.</param>
internal sealed record GuardedPath(string Path, string What, bool WithContents = false)
{
    /// <summary>A pwsh: the path that names it, and the whole folder that it really lies in and loads from.</summary>
    /// <param name="path">The full path of pwsh.</param>
    /// <exception cref="RenewalException">Its links go in a circle.</exception>
    public static IReadOnlyList<GuardedPath> Pwsh(string path) =>
    [
        new(path, "pwsh"),
        new(System.IO.Path.GetDirectoryName(TargetPath.Follow(path)) ?? path, "the folder of pwsh", WithContents: true),
    ];

    /// <summary>
    /// A program that is run. Windows looks for its libraries in its folder first, so that a new file there can be run with
    /// it: under the path that starts it, and where a link leads.
    /// </summary>
    /// <param name="path">The full path of the program.</param>
    /// <param name="loadsFromItsFolder">Whether the platform looks there: Windows.</param>
    /// <exception cref="RenewalException">Its links go in a circle.</exception>
    public static IReadOnlyList<GuardedPath> Program(string path, bool loadsFromItsFolder) =>
    [
        new(path, "the program"),
        .. loadsFromItsFolder
            ? new[] { path, TargetPath.Follow(path) }.Select(System.IO.Path.GetDirectoryName).OfType<string>().Distinct().Select(folder => new GuardedPath(folder, "the folder of the program"))
            : [],
    ];

    /// <summary>A module, by its folder or by its manifest: everything in the folder is part of it.</summary>
    /// <param name="path">The full path of the folder or of a file in it.</param>
    public static GuardedPath Module(string path) =>
        new(Directory.Exists(path) ? path : System.IO.Path.GetDirectoryName(path) ?? path, "the module", WithContents: true);
}
