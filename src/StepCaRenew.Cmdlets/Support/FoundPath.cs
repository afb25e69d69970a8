namespace StepCaRenew.Cmdlets.Support;

/// <summary>A file that a path parameter led to.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="IsNamed">True where the user named it; false where a folder or a pattern found it, and it may be something else.</param>
internal sealed record FoundPath(string Path, bool IsNamed);
