using StepCaRenew.Actions;
using StepCaRenew.Certificates;
using StepCaRenew.Policy;
using StepCaRenew.StepCa;

namespace StepCaRenew.Renewals;

/// <summary>
/// A registered renewal, as its file says it. It holds no secret: passwords and the address of a monitor stand in files
/// of their own.
/// </summary>
public sealed record RenewalDefinition
{
    /// <summary>The name, which is that of the file.</summary>
    public required string Name { get; init; }

    /// <summary>For whom; by the place of its file where the file does not say.</summary>
    public RenewalScope Scope { get; init; }

    /// <summary>The certificate file; a full path.</summary>
    public required string CertificatePath { get; init; }

    /// <summary>The key file; null for the one beside the certificate.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The file with the key's password; null where the key has none.</summary>
    public string? KeyPasswordFile { get; init; }

    /// <summary>Which CA; registration writes down absolute values.</summary>
    public CaOptions Ca { get; init; } = new();

    /// <summary>Renew by token instead of mTLS.</summary>
    public bool UseToken { get; init; }

    /// <summary>When it is due.</summary>
    public RenewalRule Rule { get; init; } = RenewalRule.Default;

    /// <summary>Make a new key at every renewal.</summary>
    public bool Rekey { get; init; }

    /// <summary>The new key's algorithm, one of <see cref="KeyAlgorithms.Names"/>; null for that of the old one.</summary>
    public string? KeyAlgorithm { get; init; }

    /// <summary>How often the schedule looks; null for what the certificate's lifetime gives.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Whom the schedule runs as; null for SYSTEM, root, or the user's own.</summary>
    public string? RunAs { get; init; }

    /// <summary>The SID of that account on Windows, which decides; null in definitions that were written by hand or by an older version.</summary>
    public string? RunAsSid { get; init; }

    /// <summary>The scheduler that it is registered with, one of <see cref="Scheduling.SchedulerKind"/>; null for the machine's usual one.</summary>
    public string? Scheduler { get; init; }

    /// <summary>
    /// The pwsh of the schedule, as it was registered: what the schedule should be does not depend on the pwsh that asks.
    /// Null if only the file was written; then it is the pwsh that asks.
    /// </summary>
    public string? PwshPath { get; init; }

    /// <summary>What the schedule imports, as it was registered: the folder of the module, or its manifest. Null as <see cref="PwshPath"/>.</summary>
    public string? ModulePath { get; init; }

    /// <summary>How long to wait for another run over the same pair; null for the default.</summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>How long a failed request may be tried again; null for the default.</summary>
    public TimeSpan? RetryTimeout { get; init; }

    /// <summary>How long one action may take; null for the default.</summary>
    public TimeSpan? ActionTimeout { get; init; }

    /// <summary>What follows a renewal, in this order.</summary>
    public IReadOnlyList<ActionDefinition> Actions { get; init; } = [];

    /// <summary>The file with the address of a monitor; null where none is told.</summary>
    public string? HealthCheckUriFile { get; init; }

    /// <summary>The log; null for the usual one.</summary>
    public string? LogPath { get; init; }

    /// <summary>Whether two definitions say the same: comments and order in the file do not count.</summary>
    /// <param name="other">The other one.</param>
    public bool IsEquivalentTo(RenewalDefinition? other) =>
        other is not null && DefinitionWriter.Render(this).AsSpan().SequenceEqual(DefinitionWriter.Render(other));

    /// <summary>The request of a run.</summary>
    /// <param name="password">The key's password.</param>
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
