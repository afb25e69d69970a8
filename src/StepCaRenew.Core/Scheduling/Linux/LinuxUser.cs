using System.Runtime.InteropServices;

namespace StepCaRenew.Scheduling.Linux;

/// <summary>An account of this machine, from wherever it knows accounts (getpwnam(3)).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its number.</param>
/// <param name="Group">Its first group.</param>
/// <param name="Home">Its home.</param>
internal sealed partial record LinuxUser(string Name, uint Id, uint Group, string Home)
{
    private static readonly object Gate = new();

    /// <summary>The number of the user of this process.</summary>
    public static uint CurrentId => OperatingSystem.IsWindows() ? 0 : EffectiveId();

    /// <summary>Finds an account; null where there is none.</summary>
    public static LinuxUser? Find(string name) => Read(() => ByName(name));

    /// <summary>The user of this process; null where the machine does not know it.</summary>
    public static LinuxUser? Current() => Read(() => ById(CurrentId));

    // The answer lies in a buffer that the next call overwrites.
    private static LinuxUser? Read(Func<nint> ask)
    {
        lock (Gate)
        {
            var found = ask();
            if (found == 0)
                return null;
            var entry = Marshal.PtrToStructure<Entry>(found);
            return new(Text(entry.Name), entry.Id, entry.Group, Text(entry.Home));
        }
    }

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? string.Empty;

    /// <summary><c>struct passwd</c> of Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public nint Name;
        public nint Password;
        public uint Id;
        public uint Group;
        public nint Comment;
        public nint Home;
        public nint Shell;
    }

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ByName(string name);

    [LibraryImport("libc", EntryPoint = "getpwuid")]
    private static partial nint ById(uint id);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveId();
}
