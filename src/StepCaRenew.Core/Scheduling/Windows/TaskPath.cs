using StepCaRenew.Renewals;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>Where a task lies in the scheduler.</summary>
/// <param name="Folder">The folder, <c>\</c> for the root.</param>
/// <param name="Name">The task's name in it.</param>
internal sealed record TaskPath(string Folder, string Name)
{
    /// <summary>The root, where every user may make tasks.</summary>
    public const string Root = @"\";

    /// <summary>The folder of the machine's tasks.</summary>
    public const string MachineFolder = "StepCaRenew";

    /// <summary>The whole path.</summary>
    public string Full => Folder == Root ? Root + Name : $@"{Folder}\{Name}";

    /// <summary>
    /// The machine's tasks lie in a folder that only administrators may write. A user may not be one, so that a user's own
    /// task lies in the root and carries the user's name: users share the root.
    /// </summary>
    public static TaskPath ForRenewal(string name, RenewalScope scope, string user)
    {
        // A task is a file of its name, and Windows drops a dot at the end of one. No renewal's name holds a tilde, and
        // no account's name a plus.
        var file = name.EndsWith('.') ? name + '~' : name;
        return scope == RenewalScope.Machine
            ? new TaskPath(Root + MachineFolder, file)
            : new TaskPath(Root, $"{MachineFolder}-{file} ({user.Replace('\\', '+')})");
    }
}
