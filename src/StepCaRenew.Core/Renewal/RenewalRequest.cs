using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Policy;

namespace StepCaRenew.Renewal;

/// <summary>What is to be renewed, when, and where.</summary>
internal sealed record RenewalRequest
{
    /// <summary>The certificate file; a full path.</summary>
    public required string CertificatePath { get; init; }

    /// <summary>The key file; null for the one beside the certificate.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The key's password; null where it has none.</summary>
    public KeyPassword? KeyPassword { get; init; }

    /// <summary>When it is due.</summary>
    public RenewalRule Rule { get; init; } = RenewalRule.Default;

    /// <summary>Which CA.</summary>
    public CaOptions Ca { get; init; } = new();

    /// <summary>Renew by token instead of mTLS.</summary>
    public bool UseToken { get; init; }

    /// <summary>Make a new key as well.</summary>
    public bool Rekey { get; init; }

    /// <summary>The new key's algorithm, one of <see cref="KeyAlgorithms.Names"/>; null for that of the old key.</summary>
    public string? KeyAlgorithm { get; init; }

    /// <summary>How long to wait for another run over the same pair.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a failed request may be tried again.</summary>
    public TimeSpan RetryTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What is to follow a renewal, in this order; <see cref="RenewalEngine.ActAsync"/> does it.</summary>
    public IReadOnlyList<ActionDefinition> Actions { get; init; } = [];

    /// <summary>How long one action may take, unless it says so itself.</summary>
    public TimeSpan ActionTimeout { get; init; } = new ActionHost().Timeout;

    /// <summary>Where the record of what a replacement leaves to be done lies; null for next to the certificate.</summary>
    internal string? RecordFolder { get; init; }

    /// <summary>What an earlier run found out about the CA's clock; null for nothing.</summary>
    internal CaClock? LastClock { get; init; }

    /// <summary>Asked before anything is changed, and before the CA is asked; false leaves all as it is.</summary>
    public Func<RenewalPlan, CancellationToken, Task<bool>> ApproveAsync { get; init; } = (_, _) => Task.FromResult(true);
}
