using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>The plan of Register-StepRenewalTask. It is flat, so that ConvertTo-Json and Ansible show all of it.</summary>
public sealed record RegistrationPlan
{
    /// <summary>The renewal's name.</summary>
    public string Name { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>One of <see cref="RegistrationStatus"/>.</summary>
    public string Status { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The steps that a registration would take, in their order; empty if it would change nothing, or fail.</summary>
    public TextList Planned { get; internal init; } = TextList.Empty;

    /// <summary>A sentence for each difference from the existing registration; empty if there is none.</summary>
    public TextList Changes { get; internal init; } = TextList.Empty;

    /// <summary>The names of the properties that would change: those of the parameters without their dash, Definition, Schedule and State.</summary>
    public TextList ChangedProperties { get; internal init; } = TextList.Empty;

    /// <summary>One of <see cref="StepCaRenew.ErrorId"/>: the error with which a registration would fail; null if it would succeed.</summary>
    public string? ErrorId { get; internal init => field = PlainText.Line(value); }

    /// <summary>The errors of all checks, each with its id, its message and what to do.</summary>
    public TextList Problems { get; internal init; } = TextList.Empty;

    /// <summary>The warnings of the checks.</summary>
    public TextList Warnings { get; internal init; } = TextList.Empty;

    /// <summary>One of <see cref="RenewalScope"/>, as text.</summary>
    public string Scope { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The certificate file; or the folder or the pattern of several.</summary>
    public string CertificatePath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The certificate files that can be renewed now. Problems of others of a folder are in <see cref="Warnings"/>.</summary>
    public TextList Certificates { get; internal init; } = TextList.Empty;

    /// <summary>The key file; null if it was not found, or of several certificates.</summary>
    public string? KeyPath { get; internal init => field = PlainText.Path(value); }

    /// <summary>One of <see cref="SchedulerKind"/>; null if the certificate cannot be read.</summary>
    public string? Scheduler { get; internal init => field = PlainText.Line(value); }

    /// <summary>How often it would run, such as 15m; null if the certificate cannot be read.</summary>
    public string? Interval { get; internal init => field = PlainText.Line(value); }

    /// <summary>The account that it would run as.</summary>
    public string RunAs { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>The definition file; null if the name cannot be one.</summary>
    public string? DefinitionPath { get; internal init => field = PlainText.Path(value); }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>The effect of a planned registration. Strings, for scripts and Ansible.</summary>
public static class RegistrationStatus
{
    /// <summary>The name is not registered yet, and would be.</summary>
    public const string WouldRegister = nameof(WouldRegister);

    /// <summary>It is registered, and would be changed: its definition, its files or its schedule.</summary>
    public const string WouldChange = nameof(WouldChange);

    /// <summary>It is registered like this already.</summary>
    public const string Unchanged = nameof(Unchanged);

    /// <summary>It would be refused; <see cref="RegistrationPlan.Problems"/> says why.</summary>
    public const string WouldFail = nameof(WouldFail);
}
