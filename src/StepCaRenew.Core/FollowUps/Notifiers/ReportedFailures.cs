namespace StepCaRenew.FollowUps.Notifiers;

/// <summary>
/// Which failures of a certificate were reported since it last had none, and by which notifiers. A notifier that failed is
/// known without the error, so that the next run tries it again, and so that it hears of the recovery in any case.
/// </summary>
internal sealed record ReportedFailures
{
    /// <summary>Since when runs have failed.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The last error.</summary>
    public string ErrorId { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The errors that each notifier has reported, by <see cref="Notifier.Hash"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Notifiers { get; init => field = value ?? new Dictionary<string, IReadOnlyList<string>>(); } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The errors that a notifier has reported; null if it has not been tried.</summary>
    internal IReadOnlyList<string>? By(Notifier notifier) => Notifiers.TryGetValue(notifier.Hash, out var errors) ? errors ?? [] : null;

    /// <summary>The same after a notifier has reported these errors; null removes the notifier.</summary>
    internal ReportedFailures With(Notifier notifier, IReadOnlyList<string>? errors)
    {
        var notifiers = Notifiers.ToDictionary();
        if (errors is null)
            notifiers.Remove(notifier.Hash);
        else
            notifiers[notifier.Hash] = errors;
        return this with { Notifiers = notifiers };
    }
}
