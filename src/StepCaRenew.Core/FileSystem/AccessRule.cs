namespace StepCaRenew.FileSystem;

/// <summary>An allowing entry of an access list.</summary>
/// <param name="Trustee">The SID of the account, or SDDL's letters for one of a domain.</param>
/// <param name="Rights">The rights as bits.</param>
/// <param name="IsInheritOnly">Whether it applies only to new files and folders in the folder.</param>
internal sealed record AccessRule(string Trustee, uint Rights, bool IsInheritOnly);
