using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>The outcome of one run over one certificate. It is flat, so that ConvertTo-Json and Ansible show all of it.</summary>
public sealed record RenewalResult
{
    /// <summary>The short name of the certificate, made from its path.</summary>
    public string Name { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The certificate file.</summary>
    public string CertificatePath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The key file; null if none was found.</summary>
    public string? KeyPath { get; internal init => field = PlainText.Path(value); }

    /// <summary>One of <see cref="RenewalStatus"/>.</summary>
    public string Status { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>True if a file on disk was replaced.</summary>
    public bool Changed { get; internal init; }

    /// <summary>True if a follow-up of a renewal is pending: a publication, an action, or a server that does not serve the new certificate.</summary>
    public bool ActionsPending { get; internal init; }

    /// <summary>The files with other forms of the pair that this run has written.</summary>
    public TextList Published { get; internal init; } = TextList.Empty;

    /// <summary>With -Plan or -WhatIf: the steps that a run would take, in their order; empty if it would change nothing.</summary>
    public TextList Planned { get; internal init; } = TextList.Empty;

    /// <summary>With -Plan: its warnings, which else are on the warning stream.</summary>
    public TextList Warnings { get; internal init; } = TextList.Empty;

    /// <summary>One of <see cref="StepCaRenew.ErrorId"/> after a failure, else null.</summary>
    public string? ErrorId { get; internal init => field = PlainText.Line(value); }

    /// <summary>The outcome in a sentence.</summary>
    public string Message { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The serial number of the certificate that was found, hexadecimal.</summary>
    public string? OldSerialNumber { get; internal init => field = PlainText.Line(value); }

    /// <summary>The serial number of the present certificate, hexadecimal.</summary>
    public string? SerialNumber { get; internal init => field = PlainText.Line(value); }

    /// <summary>The end of the present certificate's validity, local time.</summary>
    public DateTime? NotAfter { get; internal init; }

    /// <summary>When the present certificate will be due, local time.</summary>
    public DateTime? NextRenewal { get; internal init; }

    /// <summary>How many requests were sent to the CA.</summary>
    public int Attempts { get; internal init; }

    /// <summary>How the last request was sent: <c>Tls</c> (the certificate is shown in the handshake) or <c>Token</c>; null if none was sent.</summary>
    public string? Transport { get; internal init => field = PlainText.Line(value); }

    /// <summary>How long the run took, in milliseconds.</summary>
    public long DurationMs { get; internal init; }

    /// <summary>The result of an input that does not lead to a certificate.</summary>
    /// <param name="certificatePath">The path of the certificate as it was given; it may be empty.</param>
    /// <param name="keyPath">The path of the key as it was given.</param>
    /// <param name="error">The error.</param>
    public static RenewalResult Refused(string certificatePath, string? keyPath, RenewalException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new RenewalResult
        {
            Name = certificatePath,
            CertificatePath = certificatePath,
            KeyPath = keyPath,
            Status = RenewalStatus.Failed,
            ErrorId = error.ErrorId,
            Message = error.Message,
        };
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
