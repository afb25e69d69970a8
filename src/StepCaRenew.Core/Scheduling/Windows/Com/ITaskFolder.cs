using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace StepCaRenew.Scheduling.Windows.Com;

/// <summary>ITaskFolder: a folder of tasks.</summary>
[GeneratedComInterface(
    StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(BStrStringMarshaller), Options = ComInterfaceOptions.ComObjectWrapper)]
[Guid("8CFAC062-A080-4C15-9A88-AA7C2AF80DFC")]
internal partial interface ITaskFolder : IDispatchSlots
{
    void GetName();

    void GetPath();

    ITaskFolder GetFolder(string path);

    void GetFolders();

    ITaskFolder CreateFolder(string name, Variant sddl);

    void DeleteFolder(string name, int flags);

    IRegisteredTask GetTask(string path);

    void GetTasks();

    void DeleteTask(string name, int flags);

    /// <summary>Registers a task; some success codes mean that it will not run.</summary>
    [PreserveSig]
    int RegisterTask(string path, string xml, int flags, Variant userId, Variant password, int logonType, Variant sddl, out IRegisteredTask? task);

    void RegisterTaskDefinition();

    void GetSecurityDescriptor();

    void SetSecurityDescriptor(string sddl, int flags);
}
