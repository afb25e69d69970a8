namespace StepCaRenew.Permissions;

/// <summary>What a path means to what is being checked, and so which rights over it matter.</summary>
internal enum PathRole
{
    /// <summary>A folder on the way: who may rename or delete what is in it replaces all below; a new name beside it does no harm. (A program's own folder is looked at as an end: see <see cref="GuardedPath.Program"/>.)</summary>
    Ancestor,

    /// <summary>A link on the way.</summary>
    Link,

    /// <summary>The file or folder itself; in a folder, a new file does harm. Also the folder that something missing would be made in.</summary>
    End,
}
