using StepCaRenew.Ca;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps;
using StepCaRenew.Stores;

namespace StepCaRenew.Renewal;

/// <summary>Which pair is renewed, with which settings.</summary>
internal sealed record RenewalRequest : RenewalSettings
{
    private readonly PairLocation? location;

    /// <summary>A request with default settings.</summary>
    public RenewalRequest()
    {
    }

    /// <summary>A request with all of the given settings.</summary>
    public RenewalRequest(RenewalSettings settings)
        : base(settings)
    {
    }

    /// <summary>The certificate file; a full path.</summary>
    public required string CertificatePath { get; init; }

    /// <summary>The key file; null for the one next to the certificate.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The key's password; null if it has none.</summary>
    public KeyPassword? KeyPassword { get; init; }

    /// <summary>The folder of the record of pending actions; null for the folder of the certificate.</summary>
    internal string? RecordFolder { get; init; }

    /// <summary>The beginning of the name of the record, if that folder has the records of several certificates.</summary>
    internal string? RecordName { get; init; }

    /// <summary>The pair.</summary>
    internal PairLocation Location
    {
        get => location ?? new PairLocation(CertificatePath, KeyPath) { KeyPassword = KeyPassword, RecordFolder = RecordFolder, RecordName = RecordName, Published = Publications.Count == 0 ? [] : [.. Publications.Select(publication => publication.FilePath).OfType<string>()] };
        init => location = value;
    }

    /// <summary>The difference to the CA's clock in an earlier run; null if it is unknown.</summary>
    internal CaClock? LastClock { get; init; }

    /// <summary>Of a registered renewal: the certificate for which its follow-ups last ran.</summary>
    internal ServedPlace? Served { get; init; }

    /// <summary>Finds the other pairs of the call, and those that are registered: one of them can use the key that is to be replaced.</summary>
    internal Func<IEnumerable<PairLocation>> FindOthers { get; init; } = () => [];

    /// <summary>Whether a scheduler started the run: a publication that cannot be made does not stop the renewal then, since the certificate could expire before somebody fixes it.</summary>
    internal bool IsScheduled { get; init; }

    /// <summary>Called before anything is changed and before the CA is asked; false changes nothing.</summary>
    public Func<RenewalPlan, CancellationToken, Task<bool>> ApproveAsync { get; init; } = (_, _) => Task.FromResult(true);
}
