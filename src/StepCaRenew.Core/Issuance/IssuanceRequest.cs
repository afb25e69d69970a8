using StepCaRenew.Ca;
using StepCaRenew.Ca.Signing;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;

namespace StepCaRenew.Issuance;

/// <summary>Which certificate is requested, by whose authorization, and its place.</summary>
internal sealed record IssuanceRequest
{
    /// <summary>The place of the pair; it may be new.</summary>
    public required PairLocation Location
    {
        get => field with { Published = [.. Publications.Select(publication => publication.FilePath).OfType<string>()] };
        init;
    }

    /// <summary>The names, the kind of key and the validity.</summary>
    public required SigningRequest Wanted { get; init; }

    /// <summary>The token, or the password of a provisioner.</summary>
    public required Credential Credential { get; init; }

    /// <summary>Other forms of the pair, which are written when it is in its place.</summary>
    public IReadOnlyList<Publication> Publications { get; init; } = [];

    /// <summary>Whether the key in place stays. A certificate that does not match it is replaced.</summary>
    public bool UseExistingKey { get; init; }

    /// <summary>Whether a pair in place is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Whether a pair in place is replaced only if it is not the one that is requested; see <see cref="PairDifference"/>.</summary>
    public bool IfNeeded { get; init; }

    /// <summary>Which CA, and how it is asked.</summary>
    public IssuerOptions Issuer { get; init; } = new() { RetryTimeout = RenewalSettings.DefaultRetryTimeout };

    /// <summary>How long to wait for another run over the same pair.</summary>
    public TimeSpan LockTimeout { get; init; } = RenewalSettings.DefaultLockTimeout;

    /// <summary>Finds registered pairs: one of them can use the key that is to be replaced.</summary>
    public Func<IEnumerable<PairLocation>> FindOthers { get; init; } = () => [];

    /// <summary>Called before anything is changed and before the CA is asked; false changes nothing.</summary>
    public Func<RenewalPlan, CancellationToken, Task<bool>> ApproveAsync { get; init; } = (_, _) => Task.FromResult(true);

    /// <summary>The names that the certificate will have.</summary>
    /// <exception cref="RenewalException">The token is for other names, or there are none.</exception>
    public SigningRequest NamedRequest => Credential is Credential.Token token ? Wanted.WithNamesOf(token.Given) : Wanted.WithOwnNames();
}
