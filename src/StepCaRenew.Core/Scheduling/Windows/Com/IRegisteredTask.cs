using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace StepCaRenew.Scheduling.Windows.Com;

/// <summary>IRegisteredTask: a task.</summary>
[GeneratedComInterface(
    StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(BStrStringMarshaller), Options = ComInterfaceOptions.ComObjectWrapper)]
[Guid("9C86F320-DEE3-4DD1-B972-A303F26B061E")]
internal partial interface IRegisteredTask : IDispatchSlots
{
    void GetName();

    void GetPath();

    int GetState();

    void GetEnabled();

    void PutEnabled();

    /// <summary>Starts it; the returned running instance is not used.</summary>
    IDispatchSlots Run(Variant parameters);

    void RunEx();

    void GetInstances();

    double GetLastRunTime();

    int GetLastTaskResult();

    void GetNumberOfMissedRuns();

    void GetNextRunTime();

    void GetDefinition();

    string GetXml();
}
