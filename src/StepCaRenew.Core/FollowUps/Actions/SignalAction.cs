using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>Sends a signal to the process whose id is in a file; on Unix.</summary>
/// <param name="Signal">Such as HUP, SIGHUP or 1.</param>
/// <param name="PidFile">The full path.</param>
internal sealed record SignalAction(string Signal, string PidFile) : ActionDefinition
{
    /// <summary>The signal if only the PID file is given, as for step's <c>--pid-file</c>.</summary>
    public const string DefaultSignal = "HUP";

    // Longer than any process id with its line end.
    private const int MaximumLength = 64;

    /// <inheritdoc/>
    public override string Description => $"signal {Signal} to the process of '{PidFile}'";

    /// <inheritdoc/>
    // By number: HUP and SIGHUP are the same action.
    internal override IReadOnlyList<string> Identity => ["signal", Signals.Parse(Signal).ToString(CultureInfo.InvariantCulture), PidFile];

    /// <inheritdoc/>
    public override void RequireRunnable(ActionHost host)
    {
        if (OperatingSystem.IsWindows())
            throw ActionErrors.Invalid("Windows has no signals.", "Use -RestartService, -FilePath or -ScriptPath instead.");
        Signals.Parse(Signal);
        // A missing file is not an error here: a daemon that is down must not stop a renewal.
        if (IsSpecial())
            throw ActionErrors.Invalid($"'{PidFile}' is not a regular file.", "Give -PidFile the file that the daemon writes its process id to.");
        if (!Path.IsPathFullyQualified(PidFile))
            throw ActionErrors.Invalid($"'{PidFile}' is not a full path.", "Give -PidFile with its path.");
    }

    /// <inheritdoc/>
    internal override Task RunAsync(ActionContext context, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            throw ActionErrors.Failed(this, "Windows has no signals.");
        var process = ReadProcessId();
        if (UnixNative.Kill(process, Signals.Parse(Signal)) != 0)
            throw ActionErrors.Failed(this, $"process {process}: {Marshal.GetLastPInvokeErrorMessage()}.");
        return Task.CompletedTask;
    }

    // A link of another account is followed only to files that the account can access itself.
    private static SmallFile Open(string path)
    {
        if (!OperatingSystem.IsLinux())
            return SmallFile.Open(path);
        var (folder, name) = FolderWalk.Follow(path);
        using (folder)
            return folder.OpenToRead(name);
    }

    // The run reports a file that cannot be read.
    private bool IsSpecial()
    {
        try
        {
            return FileKind.IsSpecial(OperatingSystem.IsLinux() ? TargetPath.Follow(PidFile) : PidFile);
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    // Zero and negative numbers mean groups of processes, including this one.
    private int ReadProcessId()
    {
        try
        {
            // Opened once, so that owner and content are of the same file, and without waiting for a writer of a pipe.
            uint? owner = null;
            var file = InputFile.Read(PidFile, "PID file", path =>
            {
                var opened = Open(path);
                owner = opened.User;
                return opened;
            });
            // Some files hold more: postmaster.pid of PostgreSQL has the process id in the first of eight lines.
            var text = Encoding.ASCII.GetString(file.Bytes.AsSpan(0, Math.Min(file.Bytes.Length, MaximumLength))).Split('\n')[0].Trim();
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var process) || process <= 0)
                throw ActionErrors.Failed(this, $"the first line of '{PidFile}' is not a process id.");
            if (OperatingSystem.IsLinux() && PidFileOwner.FindProblem(owner, process) is { } reason)
                throw ActionErrors.Failed(this, reason, remedy: "Change the owner of the file to root or to the user of the process; any other owner could choose which process root signals.");
            return process;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ActionErrors.Failed(this, e.Message, e);
        }
        catch (RenewalException e) when (e.ErrorId != ErrorId.ActionFailed)
        {
            throw ActionErrors.Failed(this, $"{e.Message} Check that the daemon is running.", e);
        }
    }
}
