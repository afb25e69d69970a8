using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Permissions;

/// <summary>Checks that only trusted accounts can change or replace a file or folder. Every part of the paths is checked once.</summary>
internal sealed class SafetyCheck(TrustedAccounts trusted, IRights rights)
{
    private const int MostShown = 3;
    private readonly Dictionary<(string Path, PathRole Role), IReadOnlyList<SafetyFinding>> seen = [];
    private readonly PathWalk walk = new(rights.GetEntry);

    public SafetyCheck(TrustedAccounts trusted) : this(trusted, OperatingSystem.IsWindows() ? new WindowsRights() : new UnixRights(new PrivateGroups("/")))
    {
    }

    /// <summary>Requires that only trusted accounts can change a definition and the programs and scripts that it runs.</summary>
    /// <exception cref="RenewalException">Other accounts can (<see cref="ErrorId.InsecureDefinition"/>).</exception>
    public static void RequireSafeDefinition(IEnumerable<GuardedPath> paths, TrustedAccounts trusted) =>
        new SafetyCheck(trusted).RequireDefinition(paths);

    /// <summary>Requires that only trusted accounts can change the folders that a run writes in.</summary>
    /// <exception cref="RenewalException">Other accounts can (<see cref="ErrorId.InsecureFolder"/>).</exception>
    public static void RequireSafeFolder(IEnumerable<GuardedPath> folders, TrustedAccounts trusted) =>
        new SafetyCheck(trusted).RequireFolder(folders);

    /// <inheritdoc cref="RequireSafeDefinition"/>
    public void RequireDefinition(IEnumerable<GuardedPath> paths) => Require(ErrorId.InsecureDefinition, paths);

    /// <inheritdoc cref="RequireSafeFolder"/>
    public void RequireFolder(IEnumerable<GuardedPath> folders) => Require(ErrorId.InsecureFolder, folders);

    /// <summary>The rights of untrusted accounts; none if the path is safe.</summary>
    /// <exception cref="RenewalException">Its links form a circle.</exception>
    public IReadOnlyList<SafetyFinding> Find(GuardedPath guarded)
    {
        var found = Readings(guarded.Path).SelectMany(walk.Steps);
        if (guarded.WithContents)
            found = found.Concat(new FolderContents(rights.GetEntry, walk).Steps(TargetPath.Follow(guarded.Path)));
        return [.. found.Distinct().SelectMany(step => Find(step.Path, step.Role)).Distinct()];
    }

    private void Require(string errorId, IEnumerable<GuardedPath> paths)
    {
        foreach (var guarded in paths)
        {
            if (Find(guarded) is { Count: > 0 } findings)
                throw Refused(errorId, guarded, findings);
        }
    }

    private static RenewalException Refused(string errorId, GuardedPath guarded, IReadOnlyList<SafetyFinding> findings)
    {
        var more = findings.Count > MostShown ? $", and {findings.Count - MostShown} more" : string.Empty;
        var commands = findings.Take(MostShown).Select(finding => finding.Command).Distinct();
        return new RenewalException(
            errorId,
            $"Other accounts can change {guarded.What} '{guarded.Path}': {string.Join("; ", findings.Take(MostShown).Select(finding => finding.Sentence))}{more}.",
            $"As its owner or an administrator: {string.Join("; ", commands)}");
    }

    // The kernel resolves '..' after links, .NET and PowerShell by the text of the path; either can be the one that opens it.
    private static IEnumerable<string> Readings(string path)
    {
        var byText = Path.GetFullPath(path);
        return OperatingSystem.IsWindows() ? [byText] : [Path.Combine(Environment.CurrentDirectory, path), byText];
    }

    private IReadOnlyList<SafetyFinding> Find(string path, PathRole role)
    {
        if (!seen.TryGetValue((path, role), out var findings))
            seen.Add((path, role), findings = [.. rights.Find(path, role, trusted)]);
        return findings;
    }
}

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
