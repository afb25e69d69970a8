namespace StepCaRenew.FileSystem;

/// <summary>A rule of a DACL that allows something.</summary>
/// <param name="Trustee">Whom: a SID, or SDDL's letters for one of a domain.</param>
/// <param name="Rights">What, as bits.</param>
/// <param name="IsInheritOnly">Whether it is only for what is made in the folder.</param>
internal sealed record AccessRule(string Trustee, uint Rights, bool IsInheritOnly);
