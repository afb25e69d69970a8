namespace StepCaRenew.Stores.PemFiles;

/// <summary>What a file held when it was loaded, and what it is to hold.</summary>
/// <param name="Before">The old content.</param>
/// <param name="After">The new content.</param>
internal sealed record FileChange(byte[] Before, byte[] After);
