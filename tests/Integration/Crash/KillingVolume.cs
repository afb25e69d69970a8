using System.Diagnostics;
using System.Runtime.InteropServices;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Integration.Crash;

/// <summary>Kills its own process (SIGKILL; on Windows TerminateProcess).</summary>
internal sealed partial class KillingVolume(int at) : CountingVolume(new Volume(new OpenFolders()), at)
{
    protected override void Crash()
    {
        if (OperatingSystem.IsWindows())
            Process.GetCurrentProcess().Kill();
        throw new InvalidOperationException($"It lives on: {Kill(Environment.ProcessId, 9)}.");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
