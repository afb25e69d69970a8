using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>
/// A failure that the user is told of: what happened, a stable id for scripts, and what to do about it.
/// </summary>
/// <remarks>The message and the remedy never hold a secret: no password, key, token or query string.</remarks>
public sealed class RenewalException : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="errorId">One of <see cref="StepCaRenew.ErrorId"/>.</param>
    /// <param name="message">What happened, with the file or address that it happened to.</param>
    /// <param name="remedy">What the user can do.</param>
    /// <param name="innerException">What the platform said, if anything.</param>
    public RenewalException(string errorId, string message, string remedy, Exception? innerException = null)
        : base(PlainText.Line(message), innerException)
    {
        ArgumentException.ThrowIfNullOrEmpty(errorId);
        ArgumentException.ThrowIfNullOrEmpty(remedy);
        ErrorId = errorId;
        Remedy = PlainText.Line(remedy);
    }

    /// <summary>The stable id, one of <see cref="StepCaRenew.ErrorId"/>; part of the public face.</summary>
    public string ErrorId { get; }

    /// <summary>What the user can do about it; PowerShell shows it as the recommended action.</summary>
    public string Remedy { get; }

    /// <summary>The message for readers of the public state: without the output of a program. Null if the message itself is fit for them.</summary>
    internal string? PublicMessage { get; init; }

    /// <summary>True where trying again shortly may help: refused connections, timeouts, 429, 502 to 504.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the CA asked to wait (Retry-After, RFC 9110 section 10.2.3), if it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
