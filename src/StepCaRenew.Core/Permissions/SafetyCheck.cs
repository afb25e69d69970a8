using StepCaRenew.FileSystem;

namespace StepCaRenew.Permissions;

/// <summary>Checks that only trusted accounts can change or replace a file or folder. Every part of the paths is checked once.</summary>
internal sealed class SafetyCheck(TrustedAccounts trusted, IRights rights)
{
    private const int MostShown = 3;
    private readonly Dictionary<(string Path, PathRole Role), IReadOnlyList<SafetyFinding>> seen = [];
    private readonly PathWalk walk = new(rights.GetEntry);

    public SafetyCheck(TrustedAccounts trusted) : this(trusted, PlatformRights.Make())
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
