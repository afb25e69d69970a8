namespace StepCaRenew.FileSystem;

/// <summary>What lies in the place of a file of our own is something else.</summary>
/// <param name="reason">What it is, as the end of a sentence.</param>
internal sealed class NotOursException(string reason) : IOException(reason);
