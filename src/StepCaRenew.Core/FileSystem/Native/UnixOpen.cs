namespace StepCaRenew.FileSystem.Native;

/// <summary>Flags of open(2); Linux and macOS number them differently.</summary>
internal static class UnixOpen
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;

    /// <summary>Every write goes to the end of the file, also if another process has written meanwhile.</summary>
    public static int Append => OperatingSystem.IsLinux() ? 0x400 : 0x8;

    public static int Create => OperatingSystem.IsLinux() ? 0x40 : 0x200;

    public static int Exclusive => OperatingSystem.IsLinux() ? 0x80 : 0x800;

    /// <summary>O_PATH of Linux: opens a folder without the permission to list it.</summary>
    public const int PathOnly = 0x200000;

    /// <summary>ELOOP of Linux: a link was refused.</summary>
    public const int TooManyLinks = 40;

    /// <summary>Refuses anything but a folder. Linux only; ARM has another number.</summary>
    public static int Directory => IsArm ? 0x4000 : 0x10000;

    /// <summary>Refuses a link at the end of the path. Linux on ARM has another number.</summary>
    public static int NoFollow => !OperatingSystem.IsLinux() ? 0x100 : IsArm ? 0x8000 : 0x20000;

    /// <summary>Does not wait, for instance for another process to open the other end of a pipe.</summary>
    public static int NonBlocking => OperatingSystem.IsLinux() ? 0x800 : 0x4;

    /// <summary>A child process (an action, a hook) must not inherit a lock.</summary>
    public static int CloseOnExec => OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;

    private static bool IsArm => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
        is System.Runtime.InteropServices.Architecture.Arm64 or System.Runtime.InteropServices.Architecture.Arm;
}
