using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Permissions;

/// <summary>Reads security descriptors of files and folders for <see cref="DescriptorCheck"/>. Tested under Wine only.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsRights : IRights
{
    /// <inheritdoc/>
    public PathEntry GetEntry(string path)
    {
        try
        {
            var attributes = File.GetAttributes(path);
            // A reparse point without a target (a placeholder of a cloud drive, a deduplicated file) is an ordinary file.
            if (attributes.HasFlag(FileAttributes.ReparsePoint) && new FileInfo(path).LinkTarget is { } target)
                return new PathEntry(PathKind.Link, target);
            return attributes.HasFlag(FileAttributes.Directory) ? PathEntry.Folder : PathEntry.Other;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return PathEntry.Missing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return PathEntry.Other;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<SafetyFinding> Find(string path, PathRole role, TrustedAccounts trusted)
    {
        try
        {
            // Links and their targets are checked one by one.
            return new DescriptorCheck(trusted.Sids, WindowsAccounts.NameOf).Find(path, SddlOf(path, followLinks: false), role, Directory.Exists(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new SafetyFinding(path, $"the access rules of '{path}' cannot be read ({e.Message})", $"icacls \"{path}\"")];
        }
    }

    /// <summary>The SID of the owner of a file; null if it cannot be read.</summary>
    public static string? OwnerOf(string path)
    {
        try
        {
            return Dacl.Parse(SddlOf(path, followLinks: true)).Owner;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private static string SddlOf(string path, bool followLinks) => WindowsDescriptor.Sddl(WindowsDescriptor.Read(path, followLinks));
}

/// <summary>
/// Finds the rights of untrusted accounts in a security descriptor, without the file system. Denying rules do not count: an
/// account that is both allowed and denied a right has it here.
/// </summary>
/// <param name="trusted">The trusted SIDs.</param>
/// <param name="nameOf">The name of a SID; null if it has none.</param>
internal sealed class DescriptorCheck(IReadOnlySet<string> trusted, Func<string, string?>? nameOf = null)
{
    private const uint Everything = SddlRights.Delete | SddlRights.WriteDac | SddlRights.WriteOwner | SddlRights.GenericAll | SddlRights.GenericWrite;

    // The right to set attributes can turn a file or an empty folder into a link.
    private const uint OfFile = Everything | SddlRights.WriteData | SddlRights.AppendData | SddlRights.WriteAttributes;
    private const uint OfFolder = OfFile | SddlRights.DeleteChild;
    private const uint OfAncestor = Everything | SddlRights.DeleteChild;

    // On a new data volume, Windows gives all users the right Modify on its root, which includes the right to delete it.
    private const uint OfRoot = ~SddlRights.Delete;

    private static readonly (uint Right, string Name)[] Names =
    [
        (SddlRights.GenericAll, "full control"), (SddlRights.GenericWrite, "write"), (SddlRights.WriteData, "write data"), (SddlRights.AppendData, "append data"),
        (SddlRights.DeleteChild, "delete what is in it"), (SddlRights.WriteAttributes, "write attributes"), (SddlRights.Delete, "delete"),
        (SddlRights.WriteDac, "change permissions"), (SddlRights.WriteOwner, "take ownership"),
    ];

    /// <summary>The rights of untrusted accounts to one path.</summary>
    public IReadOnlyList<SafetyFinding> Find(string path, string sddl, PathRole role, bool isFolder)
    {
        try
        {
            var dacl = Dacl.Parse(sddl);
            return [.. OfOwner(path, dacl.Owner, role), .. OfRules(path, dacl.Entries?.Where(entry => entry.IsAllowing).ToList(), role, isFolder)];
        }
        catch (FormatException e)
        {
            return [new SafetyFinding(path, $"the access rules of '{path}' cannot be read ({e.Message})", $"icacls \"{path}\"")];
        }
    }

    // Everything on a volume inherits from its root, so a command that changes the root of C: could break the machine.
    private static string Remedy(string path, PathRole role, string command) =>
        !VolumeRoot.Is(path) ? command
        : role == PathRole.Ancestor ? $"use a volume that only administrators can change instead of {path}"
        : $"use a folder of its own, which only administrators can change, instead of {path}";

    // An owner can always change the permissions.
    private SafetyFinding[] OfOwner(string path, string? owner, PathRole role) => owner is not null && trusted.Contains(owner)
        ? []
        : [new SafetyFinding(path, $"'{path}' is owned by {(owner is null ? "an unknown account" : Display(owner))}", Remedy(path, role, $"icacls \"{path}\" /setowner *S-1-5-32-544"))];

    private IEnumerable<SafetyFinding> OfRules(string path, IReadOnlyList<DaclEntry>? rules, PathRole role, bool isFolder)
    {
        if (rules is null)
            return [new SafetyFinding(path, $"'{path}' can be changed by everyone (it has no DACL)", Remedy(path, role, $"icacls \"{path}\" /reset"))];
        var harmful = (role == PathRole.Ancestor ? OfAncestor : isFolder ? OfFolder : OfFile) & (VolumeRoot.Is(path) ? OfRoot : ~0u);
        return
        [
            .. ByTrustee(rules.Where(rule => !rule.IsInheritOnly && !trusted.Contains(rule.Trustee)), harmful)
                .Select(of => Finding(path, role, of.Trustee, $"can be changed by {Display(of.Trustee)} ({of.Rights})")),
            // Only trusted accounts create files in a safe folder, so the rights of CREATOR OWNER are theirs.
            .. ByTrustee(rules.Where(rule => rule.IsInheritOnly && isFolder && role == PathRole.End && !trusted.Contains(rule.Trustee) && rule.Trustee != WellKnownSids.CreatorOwner), OfFolder)
                .Select(of => Finding(path, role, of.Trustee, $"lets {Display(of.Trustee)} change new files in it (inherit-only: {of.Rights})")),
        ];
    }

    private static IEnumerable<(string Trustee, string Rights)> ByTrustee(IEnumerable<DaclEntry> rules, uint harmful) => rules
        .GroupBy(rule => rule.Trustee, rule => rule.Rights & harmful, (trustee, rights) => (trustee, Rights: rights.Aggregate(0u, (all, one) => all | one)))
        .Where(of => of.Rights != 0)
        .Select(of => (of.trustee, string.Join(", ", Names.Where(name => (of.Rights & name.Right) != 0).Select(name => name.Name))));

    // Inherited entries must be copied to the path before they can be removed.
    private static SafetyFinding Finding(string path, PathRole role, string trustee, string right) =>
        new(path, $"'{path}' {right}", Remedy(path, role, $"icacls \"{path}\" /inheritance:d /remove:g {(trustee.StartsWith("S-", StringComparison.Ordinal) ? "*" : string.Empty)}{trustee}"));

    private string Display(string sid) => (WellKnownSids.NameOf(sid) ?? nameOf?.Invoke(sid)) is { } name ? $"'{name}' ({sid})" : $"'{sid}'";
}
