using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>One of the certificates of a renewal that is registered for a folder or a pattern.</summary>
public sealed record RenewalTaskCertificate
{
    /// <summary>The name of the renewal and of the certificate, such as <c>all/web</c>.</summary>
    public string Name { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The certificate file.</summary>
    public string CertificatePath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The key file; null if none is found.</summary>
    public string? KeyPath { get; internal init => field = PlainText.Path(value); }

    /// <summary>One of <see cref="CertificateStatus"/>; null if the certificate cannot be read.</summary>
    public string? Status { get; internal init => field = PlainText.Line(value); }

    /// <summary>One of <see cref="StepCaRenew.KeyStatus"/>; null if the certificate cannot be read.</summary>
    public string? KeyStatus { get; internal init => field = PlainText.Line(value); }

    /// <summary>The beginning of the certificate's validity, local time.</summary>
    public DateTime? NotBefore { get; internal init; }

    /// <summary>The end of the certificate's validity, local time.</summary>
    public DateTime? NotAfter { get; internal init; }

    /// <summary>From when the certificate is due by the definition's rule, local time.</summary>
    public DateTime? NextRenewal { get; internal init; }

    /// <summary>When a run last checked it, local time; null before the first one.</summary>
    public DateTime? LastAttempt { get; internal init; }

    /// <summary>When a run last had no error with it, local time.</summary>
    public DateTime? LastSuccess { get; internal init; }

    /// <summary>When it was last renewed, local time.</summary>
    public DateTime? LastRenewal { get; internal init; }

    /// <summary>One of <see cref="RenewalStatus"/>; null before the first run.</summary>
    public string? LastStatus { get; internal init => field = PlainText.Line(value); }

    /// <summary>One of <see cref="ErrorId"/>; null if the last run had no error with it.</summary>
    public string? LastErrorId { get; internal init => field = PlainText.Line(value); }

    /// <summary>When a run last had an error with it, local time; kept after a success.</summary>
    public DateTime? LastErrorTime { get; internal init; }

    /// <summary>The message of that error, without output of programs; kept after a success.</summary>
    public string? LastErrorMessage { get; internal init => field = PlainText.Line(value); }

    /// <summary>Whether actions are pending.</summary>
    public bool ActionsPending { get; internal init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
