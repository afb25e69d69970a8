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
