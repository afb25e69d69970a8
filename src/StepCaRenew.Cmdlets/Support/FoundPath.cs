namespace StepCaRenew.Cmdlets.Support;

/// <summary>A file that a path parameter named or found.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="IsNamed">True if the user named it; false if a folder or a pattern found it, so that it can be something else.</param>
internal sealed record FoundPath(string Path, bool IsNamed);
