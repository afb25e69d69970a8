namespace StepCaRenew.Permissions;

/// <summary>What lies at a path, links not followed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="LinkTarget">Where a link leads, as it is written in it.</param>
internal sealed record PathEntry(PathKind Kind, string? LinkTarget = null)
{
    public static PathEntry Missing { get; } = new(PathKind.Missing);
    public static PathEntry Folder { get; } = new(PathKind.Folder);
    public static PathEntry Other { get; } = new(PathKind.Other);
}

/// <summary>What can lie at a path.</summary>
internal enum PathKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A link to somewhere else.</summary>
    Link,

    /// <summary>A file, or something that can't be looked at.</summary>
    Other,
}
