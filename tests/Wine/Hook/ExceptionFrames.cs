using System.Runtime.InteropServices;

namespace StepCaRenew.WineHook;

/// <summary>
/// Wine 8 adds a frame to the thread's list of exception handlers while it calls one; .NET 9 and later never return from
/// theirs. The frame stays, and the next exception of the thread hangs.
/// </summary>
internal static unsafe partial class ExceptionFrames
{
    private const nint CurrentThread = -2;
    private const int ThreadBasicInformation = 0;
    private const nint EndOfList = -1;

    [ThreadStatic]
    private static nint block;

    /// <summary>Empties the current thread's list of handlers, the first field of its thread environment block.</summary>
    public static void Reset()
    {
        if (block == 0)
        {
            BasicInformation information;
            if (NtQueryInformationThread(CurrentThread, ThreadBasicInformation, &information, sizeof(BasicInformation), null) != 0)
                return;
            block = information.Block;
        }

        *(nint*)block = EndOfList;
    }

    [LibraryImport("ntdll")]
    private static partial int NtQueryInformationThread(nint thread, int kind, BasicInformation* information, int length, int* returned);

    [StructLayout(LayoutKind.Sequential)]
    private struct BasicInformation
    {
        public nint Status;
        public nint Block;
        public nint Process;
        public nint Thread;
        public nint Affinity;
        public int Priority;
        public int BasePriority;
    }
}
