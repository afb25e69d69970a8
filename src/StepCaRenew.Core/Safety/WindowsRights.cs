using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace StepCaRenew.Safety;

/// <summary>Security descriptors of files and folders, handed to <see cref="DescriptorCheck"/> as text. Not verified on Windows.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsRights : IRights
{
    private const AccessControlSections Sections = AccessControlSections.Owner | AccessControlSections.Access;

    /// <inheritdoc/>
    public PathEntry Look(string path)
    {
        try
        {
            var attributes = File.GetAttributes(path);
            // A reparse point without a target (a placeholder of a cloud drive, a deduplicated file) is what it seems to be.
            if (attributes.HasFlag(FileAttributes.ReparsePoint) && new FileInfo(path).LinkTarget is { } target)
                return new PathEntry(PathKind.Link, target);
            return attributes.HasFlag(FileAttributes.Directory) ? PathEntry.Folder : PathEntry.Other;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return PathEntry.Missing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return PathEntry.Other;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<SafetyFinding> Find(string path, PathRole role, TrustedAccounts trusted)
    {
        try
        {
            return new DescriptorCheck(trusted.Sids, WindowsAccounts.NameOf).Find(path, Security(path).GetSecurityDescriptorSddlForm(Sections), role, Directory.Exists(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or PrivilegeNotHeldException)
        {
            return [new SafetyFinding(path, $"the access rules of '{path}' can't be read ({e.Message})", $"icacls \"{path}\"")];
        }
    }

    /// <summary>The SID of who owns a file; null where it can't be told.</summary>
    public static string? OwnerOf(string path)
    {
        try
        {
            return Security(path).GetOwner(typeof(SecurityIdentifier))?.Value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or PrivilegeNotHeldException)
        {
            return null;
        }
    }

    private static FileSystemSecurity Security(string path) =>
        Directory.Exists(path) ? new DirectoryInfo(path).GetAccessControl(Sections) : new FileInfo(path).GetAccessControl(Sections);
}
