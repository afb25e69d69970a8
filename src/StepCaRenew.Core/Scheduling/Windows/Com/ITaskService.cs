using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace StepCaRenew.Scheduling.Windows.Com;

/// <summary>ITaskService: the connection to Task Scheduler.</summary>
[GeneratedComInterface(
    StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(BStrStringMarshaller), Options = ComInterfaceOptions.ComObjectWrapper)]
[Guid("2FABA4C7-4DA9-4013-9697-20CC3FD40F85")]
internal partial interface ITaskService : IDispatchSlots
{
    /// <summary>CLSID_TaskScheduler.</summary>
    static readonly Guid Class = new("0F87369F-A4E5-4CFC-BD3E-73E6154572DD");

    ITaskFolder GetFolder(string path);

    void GetRunningTasks();

    void NewTask();

    void Connect(Variant server, Variant user, Variant domain, Variant password);
}
