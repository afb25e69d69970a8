namespace StepCaRenew.Scheduling.Windows;

/// <summary>What is asked of Task Scheduler. Failures are exceptions with its own codes, which <see cref="TaskErrors"/> reads.</summary>
internal interface ITaskStore
{
    /// <summary>The XML of a task; null where there is none.</summary>
    string? Read(TaskPath path);

    /// <summary>Creates a task or replaces it in one step, and its folder where it is missing.</summary>
    void Write(TaskPath path, string xml, TaskIdentity identity, string security);

    /// <summary>Deletes a task; false where there was none.</summary>
    bool Delete(TaskPath path);

    /// <summary>Starts a task.</summary>
    void Start(TaskPath path);

    /// <summary>What a task does at the moment.</summary>
    TaskActivity Activity(TaskPath path);
}

/// <summary>What a task does, and how it ended last.</summary>
/// <param name="IsRunning">Whether it runs or is about to.</param>
/// <param name="LastRun">When it ran last, in the scheduler's own counting.</param>
/// <param name="LastResult">The exit code, or what the scheduler says instead.</param>
internal readonly record struct TaskActivity(bool IsRunning, double LastRun, int LastResult);
