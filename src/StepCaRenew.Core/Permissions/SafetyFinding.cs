namespace StepCaRenew.Permissions;

/// <summary>A right of an untrusted account to a path.</summary>
/// <param name="Path">The path itself, a folder above it, a link in it or a target of such a link.</param>
/// <param name="Sentence">The right, such as <c>'/opt/x' can be written by group 'staff' (mode 0775)</c>, without a full stop.</param>
/// <param name="Command">The command that removes the right.</param>
internal sealed record SafetyFinding(string Path, string Sentence, string Command);
