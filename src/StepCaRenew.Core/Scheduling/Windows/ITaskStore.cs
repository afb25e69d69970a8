namespace StepCaRenew.Scheduling.Windows;

/// <summary>The calls of Task Scheduler. They throw exceptions with its codes, which <see cref="TaskErrors"/> turns into errors.</summary>
internal interface ITaskStore
{
    /// <summary>The XML of a task; null if there is none.</summary>
    string? Read(TaskPath path);

    /// <summary>Creates or replaces a task in one step, and creates its folder if it is missing.</summary>
    void Write(TaskPath path, string xml, TaskIdentity identity, string security);

    /// <summary>Deletes a task; false if there was none.</summary>
    bool Delete(TaskPath path);

    /// <summary>Starts a task.</summary>
    void Start(TaskPath path);

    /// <summary>Whether a task runs, and how it last ended.</summary>
    TaskActivity Activity(TaskPath path);
}

/// <summary>Whether a task runs, and how it last ended.</summary>
/// <param name="IsRunning">Whether it runs or is about to start.</param>
/// <param name="LastRun">When it last ran, as an OLE date.</param>
/// <param name="LastResult">The exit code, or a code of the scheduler.</param>
internal readonly record struct TaskActivity(bool IsRunning, double LastRun, int LastResult);

/// <summary>The path of a task in Task Scheduler.</summary>
/// <param name="Folder">The folder, <c>\</c> for the root.</param>
/// <param name="Name">The task's name in it.</param>
internal sealed record TaskPath(string Folder, string Name)
{
    /// <summary>The root folder, in which every user can create tasks.</summary>
    public const string Root = @"\";

    /// <summary>The folder of the machine's tasks.</summary>
    public const string MachineFolder = "StepCaRenew";

    /// <summary>The whole path.</summary>
    public string Full => Folder == Root ? Root + Name : $@"{Folder}\{Name}";

    /// <summary>
    /// The path for a renewal. Tasks of the machine are in a folder that only administrators can write. Tasks of users are in
    /// the root, which users share, so the name of the user is part of the name of the task.
    /// </summary>
    public static TaskPath ForRenewal(string name, RenewalScope scope, string user)
    {
        // A task is a file with its name, and Windows drops a dot at the end. Names of renewals have no tilde, and names of
        // accounts no plus.
        var file = name.EndsWith('.') ? name + '~' : name;
        return scope == RenewalScope.Machine
            ? new TaskPath(Root + MachineFolder, file)
            : new TaskPath(Root, $"{MachineFolder}-{file} ({user.Replace('\\', '+')})");
    }
}
