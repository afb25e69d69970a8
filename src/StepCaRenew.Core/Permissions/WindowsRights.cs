using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Permissions;

/// <summary>Security descriptors of files and folders, handed to <see cref="DescriptorCheck"/> as text. Seen under Wine only.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsRights : IRights
{
    /// <inheritdoc/>
    public PathEntry GetEntry(string path)
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
            // The walk comes to links and to their targets one by one.
            return new DescriptorCheck(trusted.Sids, WindowsAccounts.NameOf).Find(path, SddlOf(path, followLinks: false), role, Directory.Exists(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new SafetyFinding(path, $"the access rules of '{path}' can't be read ({e.Message})", $"icacls \"{path}\"")];
        }
    }

    /// <summary>The SID of the owner of a file; null if that cannot be told.</summary>
    public static string? OwnerOf(string path)
    {
        try
        {
            return Dacl.Parse(SddlOf(path, followLinks: true)).Owner;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    private static string SddlOf(string path, bool followLinks) => WindowsDescriptor.Sddl(WindowsDescriptor.Read(path, followLinks));
}
