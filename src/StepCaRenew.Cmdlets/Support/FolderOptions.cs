namespace StepCaRenew.Cmdlets.Support;

/// <summary>How folders are searched.</summary>
/// <param name="Recurse">Whether the folders in a folder are searched as well.</param>
/// <param name="FollowLinks">Whether folders that are links are searched as well.</param>
// A class: PowerShell looks at the cmdlets' fields before Core can be loaded, and this one knows nothing of Core.
internal sealed record FolderOptions(bool Recurse, bool FollowLinks);
