using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.FileSystem;

public sealed partial class LockFileTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    // A process that is just being started has copies of all descriptors until it executes its program; dup makes such a copy.
    [LinuxFact]
    public void Dispose_WhileACopyOfTheDescriptorIsOpen_FreesTheLock()
    {
        using var folders = new OpenFolders();
        var path = folder.At("web.lock");
        var first = LockFile.TryOpen(folders, path).File!;
        using var copy = new SafeFileHandle(Duplicate(first.SafeFileHandle), ownsHandle: true);
        Assert.False(copy.IsInvalid);
        Assert.Equal(LockOutcome.Held, LockFile.TryOpen(folders, path).Outcome);
        first.Dispose();
        var (outcome, second) = LockFile.TryOpen(folders, path);
        Assert.Equal(LockOutcome.Acquired, outcome);
        second!.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial int Duplicate(SafeFileHandle file);
}
