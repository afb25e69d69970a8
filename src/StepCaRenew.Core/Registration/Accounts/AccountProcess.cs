using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using StepCaRenew.Processes;
using StepCaRenew.Text;

namespace StepCaRenew.Registration.Accounts;

/// <summary>A process of another account that root started; they exchange lines.</summary>
[SupportedOSPlatform("linux")]
internal sealed class AccountProcess : IDisposable
{
    // As long as a scheduler gives the run of one renewal; and what the process gets to finish a replacement in.
    private static readonly TimeSpan LimitOfOne = TimeSpan.FromHours(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // An outcome has some KiB; the events of many tries come on top.
    private const long MostBytes = 16 * 1024 * 1024;
    private const long MostBytesOfOne = 64 * 1024;

    private readonly Process process;
    private readonly string account;
    private readonly OutputTail errors = new();
    private readonly Task readingErrors;

    private AccountProcess(Process process, string account)
    {
        (this.process, this.account) = (process, account);
        readingErrors = errors.ReadAsync(process.StandardError.BaseStream);
    }

    /// <summary>The last line of the process's error output.</summary>
    public string LastWords => OutputCleaner.LastLine(errors.ToString());

    /// <summary>The exit code of the process.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Starts the process.</summary>
    /// <exception cref="RenewalException">The process cannot be started.</exception>
    public static AccountProcess Start(ProcessStartInfo start, string account)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        try
        {
            using (InheritedDescriptors.Keep())
                return new AccountProcess(Process.Start(start)!, account);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw OtherOutcomes.Failed(account, $"could not be started: {PlainText.Strip(e.Message)}", e);
        }
    }

    /// <summary>Sends the order, reads the lines and answers the questions, until the process ends.</summary>
    /// <exception cref="OperationCanceledException">The call was cancelled; the process has ended.</exception>
    /// <exception cref="RenewalException">It said what it must not say, or did not end in time.</exception>
    public async Task ServeAsync(AccountOrder order, OtherOutcomes outcomes, TimeProvider clock, CancellationToken cancellationToken)
    {
        // A timer takes 49 days at the most.
        var limitOfAll = TimeSpan.FromTicks(Math.Min((LimitOfOne * (1 + (order.Names.Count / order.ThrottleLimit))).Ticks, TimeSpan.FromDays(1).Ticks));
        using var limit = new CancellationTokenSource(limitOfAll, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await SayAsync(order.Render(), end.Token).ConfigureAwait(false);
            var lines = new AnswerLines(process.StandardOutput.BaseStream, MostBytes + (MostBytesOfOne * order.Names.Count));
            while (!outcomes.HasEnded && await lines.ReadAsync(end.Token).ConfigureAwait(false) is { } line)
            {
                if (await outcomes.TakeAsync(line, end.Token).ConfigureAwait(false) is { } isApproved)
                    await SayAsync(isApproved ? "yes" : "no", end.Token).ConfigureAwait(false);
            }

            CloseInput();
            using var patience = new CancellationTokenSource(Grace, clock);
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(end.Token, patience.Token);
            await process.WaitForExitAsync(soon.Token).ConfigureAwait(false);
            // A daemon that it started may keep the pipe open.
            await Task.WhenAny(readingErrors, Task.Delay(Patience, clock, CancellationToken.None)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (outcomes.HasEnded && !cancellationToken.IsCancellationRequested)
        {
            // It has said all, and does not end.
            await KillAsync(clock).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(clock).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw OtherOutcomes.Failed(account, $"did not end within {limitOfAll}, and was ended");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            await KillAsync(clock).ConfigureAwait(false);
            throw OtherOutcomes.Failed(account, "wrote what the module does not write, and was ended", e);
        }
        catch
        {
            // A question ended the call.
            await EndAsync(clock).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();

    private async Task SayAsync(string line, CancellationToken cancellationToken)
    {
        try
        {
            var stream = process.StandardInput.BaseStream;
            await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It has ended; its exit code says why.
        }
    }

    // The end of its input tells it to stop when its files are whole.
    private async Task EndAsync(TimeProvider clock)
    {
        CloseInput();
        var output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        using var grace = new CancellationTokenSource(Grace, clock);
        try
        {
            await process.WaitForExitAsync(grace.Token).ConfigureAwait(false);
            await Task.WhenAny(output, Task.Delay(Patience, clock, CancellationToken.None)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await KillAsync(clock).ConfigureAwait(false);
        }
    }

    private async Task KillAsync(TimeProvider clock)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            using var patience = new CancellationTokenSource(Patience, clock);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException or NotSupportedException or OperationCanceledException)
        {
            // It has ended, or is stuck in the kernel.
        }
    }

    private void CloseInput()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended.
        }
    }
}

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

    /// <summary>Keeps the descriptors from new processes.</summary>
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
