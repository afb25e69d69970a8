namespace StepCaRenew.Permissions;

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
