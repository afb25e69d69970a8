namespace StepCaRenew.FileSystem;

/// <summary>A new file, which gets the owner and the access list of the file that it replaces.</summary>
internal interface IDescriptorTarget
{
    /// <summary>The present owner and access list as SDDL.</summary>
    string Read();

    /// <summary>Sets the access list of the old file: unchanged, or protected from entries that the folder passes on.</summary>
    void SetAccess(bool asProtected);

    /// <summary>Enables a privilege until it is disposed; null if the account does not hold it.</summary>
    IDisposable? Enable(string privilege);

    /// <summary>Sets the owner of the old file.</summary>
    /// <returns>Zero, or the error of Windows.</returns>
    int SetOwner();
}

/// <summary>The result of giving a new file the owner and the access list of the old one.</summary>
internal enum DescriptorOutcome
{
    /// <summary>The new file has both.</summary>
    Kept,

    /// <summary>The new file has the access list; its owner is the account of this run.</summary>
    OwnerNotKept,

    /// <summary>Some account has more rights to the new file than to the old one.</summary>
    AccessNotKept,
}

/// <summary>
/// Gives a new file the owner and the access list of the file that it replaces, and reads them back. A file that was moved
/// keeps the entries of its former folder; the new file gets these too, and none of the present folder.
/// </summary>
internal static class DescriptorCopy
{
    /// <summary>The privilege to set any owner.</summary>
    public const string RestorePrivilege = "SeRestorePrivilege";

    private const int AccessDenied = 5;
    private const int InvalidOwner = 1307;
    private const int PrivilegeNotHeld = 1314;

    /// <summary>Copies the owner and the access list.</summary>
    /// <param name="model">Owner and access list of the old file, as SDDL.</param>
    /// <param name="target">The new file.</param>
    public static DescriptorOutcome Run(string model, IDescriptorTarget target)
    {
        var wanted = Dacl.Parse(model);
        // An equal list is not set again: some accounts and file systems cannot set one.
        foreach (var asProtected in new[] { false, true })
        {
            if (!Dacl.Parse(target.Read()).GrantsTheSameAs(wanted))
                target.SetAccess(asProtected);
        }

        var made = Dacl.Parse(target.Read());
        if (!made.IsAtLeastAsStrictAs(wanted))
            return DescriptorOutcome.AccessNotKept;
        return made.Owner == wanted.Owner || TrySetOwner(target) ? DescriptorOutcome.Kept : DescriptorOutcome.OwnerNotKept;
    }

    /// <summary>Whether two files have the same owner and give the same rights to the same accounts.</summary>
    /// <exception cref="FormatException">One of the texts is not SDDL, or uses a part of it that is not supported.</exception>
    public static bool AreSame(string one, string other)
    {
        var (first, second) = (Dacl.Parse(one), Dacl.Parse(other));
        return first.Owner == second.Owner && first.GrantsTheSameAs(second);
    }

    // An account can always set itself, and an administrator the administrators' group; any other owner needs the privilege.
    private static bool TrySetOwner(IDescriptorTarget target)
    {
        using var privilege = target.Enable(RestorePrivilege);
        return target.SetOwner() switch
        {
            0 => true,
            AccessDenied or InvalidOwner or PrivilegeNotHeld => false,
            var error => throw new IOException($"The owner cannot be set (error {error} of Windows).", unchecked((int)0x80070000 | error)),
        };
    }
}
