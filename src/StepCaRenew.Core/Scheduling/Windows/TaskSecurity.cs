namespace StepCaRenew.Scheduling.Windows;

/// <summary>
/// Who may do what with a task, and with the folder of the machine's tasks. Nothing is inherited: a task that others may
/// write lets them choose what SYSTEM runs.
/// </summary>
internal static class TaskSecurity
{
    /// <summary>SYSTEM and the administrators, and nobody else.</summary>
    public const string Folder = "D:P(A;;FA;;;SY)(A;;FA;;;BA)";

    /// <summary>The same, and the account that it runs as: to read it, or all where it is the user's own.</summary>
    public static string DescriptorFor(TaskIdentity identity, Func<string, string?> sidOf) =>
        identity.UserId == TaskIdentity.System || sidOf(identity.UserId) is not { } sid
            ? Folder
            : $"{Folder}(A;;{(identity.Logon == TaskLogon.InteractiveToken ? "FA" : "FR")};;;{sid})";
}
