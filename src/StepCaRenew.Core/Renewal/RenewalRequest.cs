using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Policy;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Renewal;

/// <summary>Which pair is renewed, when, and by which CA.</summary>
internal sealed record RenewalRequest
{
    /// <summary>The certificate file; a full path.</summary>
    public required string CertificatePath { get; init; }

    /// <summary>The key file; null for the one next to the certificate.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The key's password; null if it has none.</summary>
    public KeyPassword? KeyPassword { get; init; }

    /// <summary>When it is due.</summary>
    public RenewalRule Rule { get; init; } = RenewalRule.Default;

    /// <summary>Which CA.</summary>
    public CaOptions Ca { get; init; } = new();

    /// <summary>Renew by token instead of mTLS.</summary>
    public bool UseToken { get; init; }

    /// <summary>Make a new key too.</summary>
    public bool Rekey { get; init; }

    /// <summary>The new key's algorithm, one of <see cref="KeyAlgorithms.Names"/>; null for that of the old key.</summary>
    public string? KeyAlgorithm { get; init; }

    /// <summary>How long to wait for another run over the same pair.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a failed request is retried.</summary>
    public TimeSpan RetryTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The actions after a renewal, in their order; <see cref="RenewalEngine.ActAsync"/> runs them.</summary>
    public IReadOnlyList<ActionDefinition> Actions { get; init; } = [];

    /// <summary>How long one action may take, unless it has its own limit.</summary>
    public TimeSpan ActionTimeout { get; init; } = new ActionHost().Timeout;

    /// <summary>The folder of the record of pending actions; null for the folder of the certificate.</summary>
    internal string? RecordFolder { get; init; }

    /// <summary>The pair.</summary>
    internal PairLocation Location => new(CertificatePath, KeyPath) { KeyPassword = KeyPassword, RecordFolder = RecordFolder };

    /// <summary>The difference to the CA's clock in an earlier run; null if it is unknown.</summary>
    internal CaClock? LastClock { get; init; }

    /// <summary>Called before anything is changed and before the CA is asked; false changes nothing.</summary>
    public Func<RenewalPlan, CancellationToken, Task<bool>> ApproveAsync { get; init; } = (_, _) => Task.FromResult(true);
}
