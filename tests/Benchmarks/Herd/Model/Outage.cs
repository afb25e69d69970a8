namespace StepCaRenew.Benchmarks.Herd.Model;

/// <summary>A time during which the CA refuses every connection at once.</summary>
/// <param name="Start">Its first moment; on the simulation's clock.</param>
internal sealed record Outage(TimeSpan Start)
{
    /// <summary>How long it lasts.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromHours(2);

    /// <summary>The moment of the CA's return.</summary>
    public TimeSpan End => Start + Length;

    /// <summary>Whether a request at a moment fails.</summary>
    /// <param name="moment">The moment.</param>
    public bool Covers(TimeSpan moment) => moment >= Start && moment < End;
}
