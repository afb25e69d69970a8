namespace StepCaRenew.Permissions;

/// <summary>A right that somebody untrusted has over a path.</summary>
/// <param name="Path">What the right is over: the path itself, a folder above it, a link on the way or what it leads to.</param>
/// <param name="Sentence">The right, such as <c>'/opt/x' may be written by group 'staff' (mode 0775)</c>; no full stop.</param>
/// <param name="Command">The command that takes the right away.</param>
internal sealed record SafetyFinding(string Path, string Sentence, string Command);
