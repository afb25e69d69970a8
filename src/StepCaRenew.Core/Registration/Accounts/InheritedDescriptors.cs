using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.Registration.Accounts;

/// <summary>
/// Keeps from new processes, until it is disposed, the descriptors that this process got from its own parent: a program of another
/// account could use what root has open. What .NET opens is never inherited.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed partial class InheritedDescriptors : IDisposable
{
    private const int GetFlags = 1;
    private const int SetFlags = 2;
    private const int CloseOnExec = 1;
    private const int LastStream = 2;

    private readonly List<int> kept = [];

    private InheritedDescriptors()
    {
        foreach (var name in Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(Path.GetFileName).ToList())
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var descriptor) && descriptor > LastStream
                && Control(descriptor, GetFlags, 0) is >= 0 and var flags && (flags & CloseOnExec) == 0 && Control(descriptor, SetFlags, flags | CloseOnExec) == 0)
                kept.Add(descriptor);
        }
    }

    /// <summary>Keeps them.</summary>
    public static InheritedDescriptors Keep() => new();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var descriptor in kept)
            _ = Control(descriptor, SetFlags, 0);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);
}
