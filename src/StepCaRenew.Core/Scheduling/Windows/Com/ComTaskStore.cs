using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.Scheduling.Windows.Com;

/// <summary>
/// The Task Scheduler of this machine, by its COM interfaces. Every call connects again, since the service can be restarted
/// in between.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed partial class ComTaskStore : ITaskStore
{
    private const int CreateOrUpdate = 6;
    private const int StateQueued = 2;
    private const int StateRunning = 4;
    private const int InProcess = 1;

    /// <inheritdoc/>
    public string? Read(TaskPath path) => Find(path)?.GetXml();

    /// <inheritdoc/>
    public void Write(TaskPath path, string xml, TaskIdentity identity, string security)
    {
        var service = Connect();
        var folder = path.Folder == TaskPath.Root ? service.GetFolder(TaskPath.Root) : GetOrCreate(service, path.Folder);
        using var user = identity.Account is { } account ? Variant.FromText(account) : default;
        using var password = Variant.FromText(identity.Password);
        using var sddl = Variant.FromText(security);
        var code = folder.RegisterTask(path.Name, xml, CreateOrUpdate, user, password, (int)identity.Logon, sddl, out _);
        Marshal.ThrowExceptionForHR(code);
        if (TaskErrors.IsHalfDone(code))
            throw TaskErrors.ToError(code, $"The task '{path.Full}' was registered, but will not run as it should");
    }

    /// <inheritdoc/>
    public bool Delete(TaskPath path)
    {
        try
        {
            Connect().GetFolder(path.Folder).DeleteTask(path.Name, 0);
            return true;
        }
        catch (Exception e) when (TaskErrors.IsMissing(e))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Start(TaskPath path) => Connect().GetFolder(path.Folder).GetTask(path.Name).Run(default);

    /// <inheritdoc/>
    public TaskActivity Activity(TaskPath path)
    {
        var task = Connect().GetFolder(path.Folder).GetTask(path.Name);
        return new TaskActivity(task.GetState() is StateQueued or StateRunning, task.GetLastRunTime(), task.GetLastTaskResult());
    }

    private static IRegisteredTask? Find(TaskPath path)
    {
        try
        {
            return Connect().GetFolder(path.Folder).GetTask(path.Name);
        }
        catch (Exception e) when (TaskErrors.IsMissing(e))
        {
            return null;
        }
    }

    // An existing folder gets our permissions too: any user could have created it.
    private static ITaskFolder GetOrCreate(ITaskService service, string path)
    {
        using var sddl = Variant.FromText(TaskSecurity.Folder);
        try
        {
            return service.GetFolder(TaskPath.Root).CreateFolder(path[1..], sddl);
        }
        catch (Exception e) when (e.HResult == TaskErrors.AlreadyExists)
        {
            var folder = service.GetFolder(path);
            Protect(folder);
            return folder;
        }
    }

    private static void Protect(ITaskFolder folder)
    {
        try
        {
            folder.SetSecurityDescriptor(TaskSecurity.Folder, 0);
        }
        catch (Exception e) when (e.HResult == TaskErrors.NotImplemented)
        {
            // Wine has no permissions for tasks.
        }
    }

    private static ITaskService Connect()
    {
        Marshal.ThrowExceptionForHR(CoCreateInstance(ITaskService.Class, 0, InProcess, typeof(ITaskService).GUID, out var service));
        service.Connect(default, default, default, default);
        return service;
    }

    [LibraryImport("ole32")]
    private static partial int CoCreateInstance(in Guid classId, nint outer, int context, in Guid interfaceId, out ITaskService service);
}
