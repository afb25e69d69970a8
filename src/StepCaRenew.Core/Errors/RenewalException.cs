using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>
/// An error for the user: what happened, a stable id for scripts, and what to do.
/// </summary>
/// <remarks>The message and the remedy never contain a secret: no password, key, token or query string.</remarks>
public sealed class RenewalException : Exception
{
    /// <param name="errorId">One of <see cref="StepCaRenew.ErrorId"/>.</param>
    /// <param name="message">The failure, with the file or address that is concerned.</param>
    /// <param name="remedy">The steps that the user can take.</param>
    /// <param name="innerException">The error of the platform, if there is one.</param>
    public RenewalException(string errorId, string message, string remedy, Exception? innerException = null)
        : base(PlainText.Line(message), innerException)
    {
        ArgumentException.ThrowIfNullOrEmpty(errorId);
        ArgumentException.ThrowIfNullOrEmpty(remedy);
        ErrorId = errorId;
        Remedy = PlainText.Line(remedy);
    }

    /// <summary>The stable id, one of <see cref="StepCaRenew.ErrorId"/>.</summary>
    public string ErrorId { get; }

    /// <summary>The steps that the user can take; PowerShell shows them as the recommended action.</summary>
    public string Remedy { get; }

    /// <summary>Of <see cref="StepCaRenew.ErrorId.KeyMismatch"/>: the command that repairs the pair. Null if no command can.</summary>
    public RepairCommand? Repair { get; internal init; }

    /// <summary>The message without the output of a program, for the state, which other accounts can read. Null if the message itself can be shown to them.</summary>
    internal string? PublicMessage { get; init; }

    /// <summary>Whether a retry soon can help: refused connections, timeouts, 429, 502 to 504.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The time to wait that the CA asked for (Retry-After, RFC 9110 section 10.2.3).</summary>
    public TimeSpan? RetryAfter { get; init; }
}
