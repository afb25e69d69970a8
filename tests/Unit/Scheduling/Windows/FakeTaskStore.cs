using System.Runtime.InteropServices;
using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Unit.Scheduling.Windows;

/// <summary>A Task Scheduler in memory, which notes what it is asked.</summary>
internal sealed class FakeTaskStore : ITaskStore
{
    public List<string> Calls { get; } = [];

    public Dictionary<string, string> Tasks { get; } = [];

    public string? Security { get; private set; }

    public string? Password { get; private set; }

    public Exception? Failure { get; set; }

    public Queue<TaskActivity> Activities { get; } = new();

    public string? Read(TaskPath path) => Note("read", path, Tasks.GetValueOrDefault(path.Full));

    public void Write(TaskPath path, string xml, TaskIdentity identity, string security)
    {
        Note("write", path, true);
        Tasks[path.Full] = xml;
        Security = security;
        Password = identity.Password is null ? null : Marshal.PtrToStringBSTR(Marshal.SecureStringToBSTR(identity.Password));
    }

    public bool Delete(TaskPath path) => Note("delete", path, Tasks.Remove(path.Full));

    public void Start(TaskPath path) => Note("start", path, true);

    public TaskActivity Activity(TaskPath path) => Note("ask", path, Activities.Count > 1 ? Activities.Dequeue() : Activities.Peek());

    private T Note<T>(string what, TaskPath path, T answer)
    {
        Calls.Add($"{what} {path.Full}");
        return Failure is null ? answer : throw Failure;
    }
}
