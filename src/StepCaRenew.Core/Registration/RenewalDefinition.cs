using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>
/// A registered renewal, as defined in its file. It has no secrets: passwords and the URL of a monitor are in files of their
/// own.
/// </summary>
internal sealed record RenewalDefinition
{
    /// <summary>The name, which is also the name of the file.</summary>
    public required string Name { get; init; }

    /// <summary>The scope; if the file does not say, that of its folder.</summary>
    public RenewalScope Scope { get; init; }

    /// <summary>The certificate file; a full path.</summary>
    public required string CertificatePath { get; init; }

    /// <summary>The key file; null for the one next to the certificate.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The file with the password of the key; null if the key has none.</summary>
    public string? KeyPasswordFile { get; init; }

    /// <summary>The CA; registration writes absolute paths.</summary>
    public CaOptions Ca { get; init; } = new();

    /// <summary>Renew by token instead of mTLS.</summary>
    public bool UseToken { get; init; }

    /// <summary>When the certificate is due.</summary>
    public RenewalRule Rule { get; init; } = RenewalRule.Default;

    /// <summary>Whether every renewal makes a new key.</summary>
    public bool Rekey { get; init; }

    /// <summary>The new key's algorithm, one of <see cref="KeyAlgorithms.Names"/>; null for that of the old one.</summary>
    public string? KeyAlgorithm { get; init; }

    /// <summary>How often the schedule runs; null for the interval that fits the lifetime of the certificate.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>The account of the run; null for the default of the scope: SYSTEM, root, or the user.</summary>
    public string? RunAs { get; init; }

    /// <summary>The SID of that account on Windows, which takes precedence over the name; null in definitions written by hand or by an older version.</summary>
    public string? RunAsSid { get; init; }

    /// <summary>The scheduler that it is registered with, one of <see cref="SchedulerKind"/>; null for the default of the machine.</summary>
    public string? Scheduler { get; init; }

    /// <summary>
    /// The registered pwsh of the schedule, so that checking a schedule does not depend on the pwsh of the check. Null if the file
    /// was written by hand; then the pwsh of this process.
    /// </summary>
    public string? PwshPath { get; init; }

    /// <summary>The registered module of the schedule: its folder or its manifest. Null as for <see cref="PwshPath"/>.</summary>
    public string? ModulePath { get; init; }

    /// <summary>How long to wait for another run on the same pair; null for the default.</summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>How long to retry a failed request; null for the default.</summary>
    public TimeSpan? RetryTimeout { get; init; }

    /// <summary>The time limit of one action; null for the default.</summary>
    public TimeSpan? ActionTimeout { get; init; }

    /// <summary>The actions after a renewal, in their order.</summary>
    public IReadOnlyList<ActionDefinition> Actions { get; init; } = [];

    /// <summary>The file with the URL of a monitor; null if there is none.</summary>
    public string? HealthCheckUriFile { get; init; }

    /// <summary>The log file; null for the default.</summary>
    public string? LogPath { get; init; }

    /// <summary>Whether two definitions have the same content.</summary>
    public bool IsEquivalentTo(RenewalDefinition? other) =>
        other is not null && DefinitionWriter.Render(this).AsSpan().SequenceEqual(DefinitionWriter.Render(other));

    /// <summary>The request of a run.</summary>
    public RenewalRequest ToRequest(KeyPassword? password)
    {
        var usual = new RenewalRequest { CertificatePath = CertificatePath };
        return usual with
        {
            KeyPath = KeyPath,
            KeyPassword = password,
            Rule = Rule,
            Ca = Ca with { RegisteredName = Name },
            UseToken = UseToken,
            Rekey = Rekey,
            KeyAlgorithm = KeyAlgorithm,
            LockTimeout = LockTimeout ?? usual.LockTimeout,
            RetryTimeout = RetryTimeout ?? usual.RetryTimeout,
            Actions = Actions,
        };
    }
}
