using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>The plan of Request-StepCertificate. It is flat, so that ConvertTo-Json and Ansible show all of it.</summary>
public sealed record IssuancePlan
{
    /// <summary>The certificate's short name, made of its path.</summary>
    public string Name { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>One of <see cref="IssuanceStatus"/>.</summary>
    public string Status { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The steps of the request, in their order; empty if it would change nothing, or fail.</summary>
    public TextList Planned { get; internal init; } = TextList.Empty;

    /// <summary>With -IfNeeded, the reasons to replace the pair in place: a sentence for each difference from the request.</summary>
    public TextList Changes { get; internal init; } = TextList.Empty;

    /// <summary>The properties that differ: Subject, San, KeyAlgorithm, NotAfter (it has expired) or Key (missing, or it does not match).</summary>
    public TextList ChangedProperties { get; internal init; } = TextList.Empty;

    /// <summary>One of <see cref="StepCaRenew.ErrorId"/>: the error with which the request would fail; null if no check found one.</summary>
    public string? ErrorId { get; internal init => field = PlainText.Line(value); }

    /// <summary>That error, with its id, its message and what to do.</summary>
    public TextList Problems { get; internal init; } = TextList.Empty;

    /// <summary>The warnings of the checks.</summary>
    public TextList Warnings { get; internal init; } = TextList.Empty;

    /// <summary>The certificate file.</summary>
    public string CertificatePath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The key file.</summary>
    public string KeyPath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The common name that the certificate would have; null if the CA decides.</summary>
    public string? Subject { get; internal init => field = PlainText.Line(value); }

    /// <summary>The alternative names that the certificate would have; empty if the CA decides.</summary>
    public TextList San { get; internal init; } = TextList.Empty;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>The effect of a planned request. Strings, for scripts and Ansible.</summary>
public static class IssuanceStatus
{
    /// <summary>There is no pair, and one would be requested.</summary>
    public const string WouldRequest = nameof(WouldRequest);

    /// <summary>The pair in place, or its certificate, would be replaced.</summary>
    public const string WouldReplace = nameof(WouldReplace);

    /// <summary>The pair in place is the requested one already (-IfNeeded).</summary>
    public const string Unchanged = nameof(Unchanged);

    /// <summary>The request would be refused; <see cref="IssuancePlan.Problems"/> says why.</summary>
    public const string WouldFail = nameof(WouldFail);
}
