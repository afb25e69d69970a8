namespace StepCaRenew.Scheduling.Windows;

/// <summary>
/// The permissions of a task, and of the folder of the machine's tasks. Nothing is inherited: if others could write a task,
/// they could choose what SYSTEM runs.
/// </summary>
internal static class TaskSecurity
{
    /// <summary>Only SYSTEM and administrators.</summary>
    public const string Folder = "D:P(A;;FA;;;SY)(A;;FA;;;BA)";

    /// <summary>The same, and the account of the task: full access to a task of a user, else read access.</summary>
    public static string DescriptorFor(TaskIdentity identity, Func<string, string?> sidOf) =>
        identity.UserId == TaskIdentity.System || sidOf(identity.UserId) is not { } sid
            ? Folder
            : $"{Folder}(A;;{(identity.Logon == TaskLogon.InteractiveToken ? "FA" : "FR")};;;{sid})";
}
