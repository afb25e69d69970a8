using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using StepCaRenew.Certificates;
using StepCaRenew.Files;

namespace StepCaRenew.Actions;

/// <summary>Sends a signal to the process that a file names; on Unix.</summary>
/// <param name="Signal">Such as HUP, SIGHUP or 1.</param>
/// <param name="PidFile">The full path of the file.</param>
public sealed record SignalAction(string Signal, string PidFile) : ActionDefinition
{
    /// <summary>The signal if only the process id file is named, as for step's <c>--pid-file</c>.</summary>
    public const string DefaultSignal = "HUP";

    // More than any process id with its line end.
    private const int MaximumLength = 64;

    /// <inheritdoc/>
    public override string Description => $"Sending {Signal} to the process of '{PidFile}'";

    // By number: HUP and SIGHUP are the same action.
    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => ["signal", Signals.Parse(Signal).ToString(CultureInfo.InvariantCulture), PidFile];

    /// <inheritdoc/>
    public override void RequireRunnable(ActionHost host)
    {
        if (OperatingSystem.IsWindows())
            throw ActionErrors.Invalid("Windows has no signals.", "Use -RestartService, -FilePath or -ScriptPath instead.");
        Signals.Parse(Signal);
        // A file that is not there is no error yet: the daemon may be down, and that must not stop a renewal.
        if (IsSpecial())
            throw ActionErrors.Invalid($"'{PidFile}' is no regular file.", "Name the file that the daemon writes its process id to.");
        if (!Path.IsPathFullyQualified(PidFile))
            throw ActionErrors.Invalid($"'{PidFile}' is no full path.", "Give -PidFile with its path.");
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

    // A link of another account is not followed to where that account has no access.
    private static SmallFile Open(string path)
    {
        if (!OperatingSystem.IsLinux())
            return SmallFile.Open(path);
        var (folder, name) = FolderWalk.Follow(path);
        using (folder)
            return folder.OpenToRead(name);
    }

    // What cannot be looked at yet is for the run to say.
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

    // Zero and negative numbers mean groups of processes, ours among them.
    private int ReadProcessId()
    {
        try
        {
            // Owner and content are those of one and the same file, opened once and without waiting for a writer of a pipe.
            uint? owner = null;
            var file = InputFile.Read(PidFile, "process id file", path =>
            {
                var opened = Open(path);
                owner = opened.User;
                return opened;
            });
            // Some write more than the process id into the file: PostgreSQL's postmaster.pid has it in the first line of eight.
            var text = Encoding.ASCII.GetString(file.Bytes.AsSpan(0, Math.Min(file.Bytes.Length, MaximumLength))).Split('\n')[0].Trim();
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var process) || process <= 0)
                throw ActionErrors.Failed(this, "the first line of the file is not a process id.");
            if (OperatingSystem.IsLinux() && PidFileOwner.FindProblem(owner, process) is { } reason)
                throw new RenewalException(ErrorId.ActionFailed, $"{Description}: {reason}", "Let root own the file, or the user of the process; anybody else could name any process in it.");
            return process;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ActionErrors.Failed(this, e.Message, e);
        }
        catch (RenewalException e) when (e.ErrorId != ErrorId.ActionFailed)
        {
            throw ActionErrors.Failed(this, $"{e.Message} The daemon may not be running.", e);
        }
    }
}
