using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace StepCaRenew.Scheduling.Windows.Com;

/// <summary>
/// IDispatch, for its four slots in the method table; none is called. Derived interfaces are declared up to the last method
/// that is used, in the order of taskschd.idl; a method without parameters only fills a slot.
/// </summary>
[GeneratedComInterface(Options = ComInterfaceOptions.ComObjectWrapper)]
[Guid("00020400-0000-0000-C000-000000000046")]
internal partial interface IDispatchSlots
{
    void GetTypeInfoCount();

    void GetTypeInfo();

    void GetIdsOfNames();

    void Invoke();
}
