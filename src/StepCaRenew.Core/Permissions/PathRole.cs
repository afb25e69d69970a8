namespace StepCaRenew.Permissions;

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
