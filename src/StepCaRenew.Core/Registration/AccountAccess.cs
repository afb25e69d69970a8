using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Processes;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Registration;

/// <summary>The file permissions of the account of a run, tested as that account, since only the kernel knows groups, ACLs and mounts.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class AccountAccess(TaskAccount account, TimeProvider clock)
{
    /// <summary>Whether this process runs as the account.</summary>
    public bool IsOwn => account is not TaskAccount.User || account.Display == AccountName.Current;

    /// <summary>Whether the account can read a file.</summary>
    public Task<bool> CanReadAsync(string path, CancellationToken cancellationToken) => TestAsync("-r", path, cancellationToken);

    /// <summary>Whether the account can execute a file.</summary>
    public Task<bool> CanExecuteAsync(string path, CancellationToken cancellationToken) => TestAsync("-x", path, cancellationToken);

    /// <summary>Whether the account can write a file, or in a folder.</summary>
    public Task<bool> CanWriteAsync(string path, CancellationToken cancellationToken) => TestAsync("-w", path, cancellationToken);

    private async Task<bool> TestAsync(string test, string path, CancellationToken cancellationToken)
    {
        // This process has read and executed these files itself.
        if (IsOwn)
            return test != "-w" || UnixNative.MayWrite(path);
        string[] command = [.. LinuxAccount.RequireUser(account).Become, "test", test, path];
        // Without the environment of root, which could hold secrets: the account can read the environment of its processes.
        var tool = new LinuxTool(command[0], clock) { IsBare = true, Variables = new Dictionary<string, string> { ["PATH"] = ProgramFinder.SystemPath } };
        if (!tool.Exists)
            return true;
        return (await tool.RunAsync(command[1..], cancellationToken).ConfigureAwait(false)).ExitCode == 0;
    }
}
