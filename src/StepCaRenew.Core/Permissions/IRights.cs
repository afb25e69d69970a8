namespace StepCaRenew.Permissions;

/// <summary>Reads the permissions of the file system.</summary>
internal interface IRights
{
    /// <summary>The kind of a path; links are not followed.</summary>
    PathEntry GetEntry(string path);

    /// <summary>The rights of untrusted accounts to one path. Rights that cannot be read are a finding, too.</summary>
    IEnumerable<SafetyFinding> Find(string path, PathRole role, TrustedAccounts trusted);
}

/// <summary>A right of an untrusted account to a path.</summary>
/// <param name="Path">The path itself, a folder above it, a link in it or a target of such a link.</param>
/// <param name="Sentence">The right, such as <c>'/opt/x' can be written by group 'staff' (mode 0775)</c>, without a full stop.</param>
/// <param name="Command">The command that removes the right.</param>
internal sealed record SafetyFinding(string Path, string Sentence, string Command);

/// <summary>The role of a path in a check; it decides which rights to it matter.</summary>
internal enum PathRole
{
    /// <summary>A folder of the path. An account that can rename or delete its entries can replace everything below; a new file in it does no harm. (The folder of a program is an <see cref="End"/>: see <see cref="GuardedPath.Program"/>.)</summary>
    Ancestor,

    /// <summary>A link in the path.</summary>
    Link,

    /// <summary>The file or folder itself; in a folder, a new file does harm. Also the folder in which a missing file would be created.</summary>
    End,
}

/// <summary>The kind of a path; links are not followed.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="LinkTarget">The target of a link, as it is stored in the link.</param>
internal sealed record PathEntry(PathKind Kind, string? LinkTarget = null)
{
    public static PathEntry Missing { get; } = new(PathKind.Missing);
    public static PathEntry Folder { get; } = new(PathKind.Folder);
    public static PathEntry Other { get; } = new(PathKind.Other);
}

/// <summary>The kinds of a path.</summary>
internal enum PathKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A link.</summary>
    Link,

    /// <summary>A file, or something that this account cannot read.</summary>
    Other,
}
