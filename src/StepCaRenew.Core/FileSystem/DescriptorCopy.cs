namespace StepCaRenew.FileSystem;

/// <summary>A new file that gets owner and access list of the file that it is to replace.</summary>
internal interface IDescriptorTarget : IOwnerCalls
{
    /// <summary>Owner and access list as they are now, as SDDL.</summary>
    string Read();

    /// <summary>Sets the access list of the old file as it is, or protected from what the folder passes on.</summary>
    void SetAccess(bool asProtected);
}

/// <summary>What came of an attempt to give a new file owner and access list of the old one.</summary>
internal enum DescriptorOutcome
{
    /// <summary>It has both.</summary>
    Kept,

    /// <summary>The access list is that of the old file; the owner is the account of this run.</summary>
    OwnerNotKept,

    /// <summary>Somebody can do more with the new file than with the old one.</summary>
    AccessNotKept,
}

/// <summary>
/// Gives a new file owner and access list of the file that it is to replace, and reads them back. A file that was moved into
/// its folder has entries of the folder that it came from; its successor has them too, and none of the present folder.
/// </summary>
internal static class DescriptorCopy
{
    /// <summary>Does it.</summary>
    /// <param name="model">Owner and access list of the old file, as SDDL.</param>
    /// <param name="target">The new file.</param>
    public static DescriptorOutcome Run(string model, IDescriptorTarget target)
    {
        var wanted = Dacl.Parse(model);
        // Equal ones are not set again: not every account and file system can.
        foreach (var asProtected in new[] { false, true })
        {
            if (!Dacl.Parse(target.Read()).GrantsTheSameAs(wanted))
                target.SetAccess(asProtected);
        }

        var made = Dacl.Parse(target.Read());
        if (!made.IsNoLooserThan(wanted))
            return DescriptorOutcome.AccessNotKept;
        return made.Owner == wanted.Owner || OwnerChange.TryRun(target) ? DescriptorOutcome.Kept : DescriptorOutcome.OwnerNotKept;
    }

    /// <summary>Whether two files have the same owner and let the same accounts do the same.</summary>
    /// <exception cref="FormatException">One of the texts is not SDDL that we know in full.</exception>
    public static bool AreSame(string one, string other)
    {
        var (first, second) = (Dacl.Parse(one), Dacl.Parse(other));
        return first.Owner == second.Owner && first.GrantsTheSameAs(second);
    }
}
