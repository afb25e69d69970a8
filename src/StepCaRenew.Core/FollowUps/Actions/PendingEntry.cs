namespace StepCaRenew.FollowUps.Actions;

/// <summary>An action that is owed, by a hash: what to run comes from the call alone.</summary>
/// <param name="Index">Its place among the actions of the call that owed it first.</param>
/// <param name="Hash">What tells it from others.</param>
/// <param name="SerialNumber">The serial number of the certificate whose replacement it follows: while that one lies there, nothing is owed.</param>
/// <param name="Time">Since when.</param>
internal sealed record PendingEntry(int Index, string Hash, string SerialNumber, DateTimeOffset Time)
{
    /// <summary>Hashes of the services that it has stopped, or was about to; see <see cref="StoppedServices"/>.</summary>
    public IReadOnlyList<string> Stopped { get; init; } = [];

    /// <summary>Whether it is still to be done.</summary>
    /// <param name="present">The serial number of the certificate that lies there now.</param>
    public bool IsOwed(string? present) => SerialNumber != present || Stopped.Count > 0;
}
