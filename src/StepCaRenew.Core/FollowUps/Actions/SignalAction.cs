using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
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

/// <summary>The signals of Unix by name; some numbers differ between Linux and macOS.</summary>
internal static class Signals
{
    private const int Highest = 64;

    private static readonly Dictionary<string, int> Numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HUP"] = 1,
        ["INT"] = 2,
        ["QUIT"] = 3,
        ["KILL"] = 9,
        ["USR1"] = OperatingSystem.IsMacOS() ? 30 : 10,
        ["USR2"] = OperatingSystem.IsMacOS() ? 31 : 12,
        ["ALRM"] = 14,
        ["TERM"] = 15,
        ["CONT"] = OperatingSystem.IsMacOS() ? 19 : 18,
        ["WINCH"] = 28,
    };

    /// <summary>The names, without SIG.</summary>
    public static IEnumerable<string> Names => Numbers.Keys;

    /// <summary>The number of a signal such as HUP, SIGHUP or 1.</summary>
    /// <exception cref="RenewalException">The signal does not exist.</exception>
    public static int Parse(string signal)
    {
        var name = signal.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? signal[3..] : signal;
        if (Numbers.TryGetValue(name, out var number))
            return number;
        // Signal 0 only tests whether the process exists.
        if (int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= Highest)
            return number;
        throw ActionErrors.Invalid($"The signal '{signal}' does not exist.", $"Give one of {string.Join(", ", Numbers.Keys)}, or a number from 1 to {Highest}.");
    }
}

/// <summary>
/// Whether root trusts the process id in a file: only if root owns the file, or the owner of the file owns the process. An account
/// other than root can signal only its own processes and needs no such check.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class PidFileOwner
{
    private const string OwnUser = "/proc/self/status";

    /// <summary>Why the file is not trusted; null if it is.</summary>
    /// <param name="owner">The owner of the file, from its open descriptor.</param>
    /// <param name="process">The process id in the file.</param>
    public static string? FindProblem(uint? owner, int process)
    {
        if (UserOf(OwnUser) != 0)
            return null;
        // If the process has ended, sending the signal fails and reports that.
        return owner is 0 || UserOf($"/proc/{process}/status") is not { } user || user == owner
            ? null
            : $"the file belongs to user {owner}, but process {process} to user {user}.";
    }

    // proc_pid_status(5): real, effective, saved and file-system user. The owner of the folder in /proc can be root for other reasons.
    private static uint? UserOf(string status)
    {
        try
        {
            return File.ReadLines(status).FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal)) is { } line
                ? uint.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
