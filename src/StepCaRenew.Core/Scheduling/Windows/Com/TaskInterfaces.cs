using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Security;

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

    /// <summary>Starts the task; the returned running instance is not used.</summary>
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

/// <summary>
/// VARIANT, empty or with a string. The caller disposes it, which overwrites the bytes of a password.
/// </summary>
/// <remarks>
/// As in oaidl.h: four 16-bit fields, then a union whose longest member is a BRECORD of two pointers. So it has 24 bytes in a
/// 64-bit process, and 16 in a 32-bit one.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct Variant : IDisposable
{
    private const ushort TypeBStr = 8;

    private readonly ushort type;
    private readonly ushort reserved1;
    private readonly ushort reserved2;
    private readonly ushort reserved3;
    private readonly nint text;
    private readonly nint rest;

    private Variant(nint text)
    {
        (type, this.text) = (TypeBStr, text);
        (reserved1, reserved2, reserved3, rest) = (0, 0, 0, 0);
    }

    /// <summary>A string.</summary>
    public static Variant FromText(string text) => new(Marshal.StringToBSTR(text));

    /// <summary>A password; empty if it is null.</summary>
    public static Variant FromText(SecureString? password) => password is null ? default : new(Marshal.SecureStringToBSTR(password));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (text != 0)
            Marshal.ZeroFreeBSTR(text);
    }
}
