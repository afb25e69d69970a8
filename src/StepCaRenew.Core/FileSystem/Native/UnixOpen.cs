namespace StepCaRenew.FileSystem.Native;

/// <summary>Flags of open(2); Linux and macOS number them differently.</summary>
internal static class UnixOpen
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;

    /// <summary>Every write goes to the end, whoever else has written since.</summary>
    public static int Append => OperatingSystem.IsLinux() ? 0x400 : 0x8;

    public static int Create => OperatingSystem.IsLinux() ? 0x40 : 0x200;

    public static int Exclusive => OperatingSystem.IsLinux() ? 0x80 : 0x800;

    /// <summary>O_PATH of Linux: the place alone, which can be passed through without the permission to read it.</summary>
    public const int PathOnly = 0x200000;

    /// <summary>ELOOP of Linux: there is a link where none may be.</summary>
    public const int TooManyLinks = 40;

    /// <summary>Refuses what is not a folder. Linux alone; ARM has a number of its own.</summary>
    public static int Directory => IsArm ? 0x4000 : 0x10000;

    /// <summary>Refuses a link at the end of the path. ARM's Linux has a number of its own.</summary>
    public static int NoFollow => !OperatingSystem.IsLinux() ? 0x100 : IsArm ? 0x8000 : 0x20000;

    /// <summary>Does not wait: for whoever writes into a pipe, for one.</summary>
    public static int NonBlocking => OperatingSystem.IsLinux() ? 0x800 : 0x4;

    /// <summary>A child process (an action, a hook) must not inherit a lock.</summary>
    public static int CloseOnExec => OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;

    private static bool IsArm => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
        is System.Runtime.InteropServices.Architecture.Arm64 or System.Runtime.InteropServices.Architecture.Arm;
}
