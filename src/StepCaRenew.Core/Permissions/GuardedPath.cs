using StepCaRenew.FileSystem;

namespace StepCaRenew.Permissions;

/// <summary>A file or folder that only trusted accounts may be able to change.</summary>
/// <param name="Path">Its path.</param>
/// <param name="What">Its name in a sentence: <c>the script</c>, <c>the definition</c>, <c>the log folder</c>.</param>
/// <param name="WithContents">Whether all files in the folder are checked as well: a module loads the files next to it.</param>
internal sealed record GuardedPath(string Path, string What, bool WithContents = false)
{
    /// <summary>pwsh: the path that names it, and the whole folder of the real file, from which it loads.</summary>
    /// <param name="path">The full path of pwsh.</param>
    /// <exception cref="RenewalException">Its links form a circle.</exception>
    public static IReadOnlyList<GuardedPath> Pwsh(string path) =>
    [
        new(path, "pwsh"),
        new(System.IO.Path.GetDirectoryName(TargetPath.Follow(path)) ?? path, "the folder of pwsh", WithContents: true),
    ];

    /// <summary>
    /// A program that is run. Windows searches its folder first for its libraries, so a new file there could be loaded. This
    /// applies to the folder of the path and to that of the real file.
    /// </summary>
    /// <param name="path">The full path of the program.</param>
    /// <param name="loadsFromItsFolder">Whether libraries are searched in its folder: on Windows.</param>
    /// <exception cref="RenewalException">Its links form a circle.</exception>
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
