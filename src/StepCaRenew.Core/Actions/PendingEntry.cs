namespace StepCaRenew.Actions;

/// <summary>An action that is owed, by a hash: what to run comes from the call alone.</summary>
/// <param name="Index">Its place among the actions of the call that owed it first.</param>
/// <param name="Hash">What tells it from others.</param>
/// <param name="SerialNumber">The serial number of the certificate whose replacement it follows: while that one lies there, nothing is owed.</param>
/// <param name="Time">Since when.</param>
internal sealed record PendingEntry(int Index, string Hash, string SerialNumber, DateTimeOffset Time);
