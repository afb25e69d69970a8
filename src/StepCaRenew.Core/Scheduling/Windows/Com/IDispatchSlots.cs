using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace StepCaRenew.Scheduling.Windows.Com;

/// <summary>
/// IDispatch, for its four places in the table of methods: none is called. The interfaces derived from it are declared up to
/// their last method that is used, in the order of taskschd.idl; a method without parameters only holds a place.
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
