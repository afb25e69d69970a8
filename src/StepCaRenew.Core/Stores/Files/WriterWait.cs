using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Stores.Files;

/// <summary>
/// Waits for another process that is writing a pair right now, for a limited time. Such a process truncates a file and
/// then fills it (as <c>cp</c> and <c>step</c> do), or writes the certificate and the key one after the other.
/// </summary>
/// <param name="certificatePath">The certificate file.</param>
/// <param name="findKey">Finds the key file; null if there is none.</param>
/// <param name="wasRead">Whether this run has read the pair before: a missing file is then being replaced, not mistyped.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">The logger.</param>
internal sealed class WriterWait(string certificatePath, Func<string?> findKey, bool wasRead, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly long start = clock.GetTimestamp();

    private bool IsOver => clock.GetElapsedTime(start) >= Limit;

    /// <summary>Whether an unfinished write explains that a file cannot be read, so reading it again may help.</summary>
    public bool Explains(RenewalException error) => !IsOver && error.ErrorId switch
    {
        // KeyNotFound: one file for both, of which the certificate has been written and the key has not.
        ErrorId.FileEmpty or ErrorId.FileUnreadable or ErrorId.CertificateInvalid or ErrorId.KeyInvalid => IsYoung(),
        ErrorId.KeyNotFound => wasRead || IsYoung(),
        ErrorId.FileNotFound or ErrorId.LinkBroken => wasRead,
        _ => false,
    };

    /// <summary>Whether an unfinished deployment explains that a certificate and a key do not match.</summary>
    /// <param name="written">When the files were written.</param>
    public bool ExplainsMismatch(params DateTimeOffset[] written) => !IsOver && Array.Exists(written, IsYoung);

    /// <summary>Waits a moment before the files are read again.</summary>
    public Task PauseAsync(CancellationToken cancellationToken)
    {
        RenewalLog.DeploymentAwaited(logger, certificatePath);
        return Task.Delay(Pause, clock, cancellationToken);
    }

    private bool IsYoung() =>
        IsYoung(certificatePath) || (findKey() is { } key && IsYoung(key));

    // A link has its own time; the target was written at another.
    private bool IsYoung(string path)
    {
        try
        {
            using var file = SmallFile.Open(path);
            return file.IsRegular && IsYoung(file.LastWriteTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private bool IsYoung(DateTimeOffset written) => (clock.GetUtcNow() - written).Duration() < Young;
}
