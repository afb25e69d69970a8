using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Permissions;

/// <summary>Reads security descriptors of files and folders for <see cref="DescriptorCheck"/>. Tested under Wine only.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsRights : IRights
{
    /// <inheritdoc/>
    public PathEntry GetEntry(string path)
    {
        try
        {
            var attributes = File.GetAttributes(path);
            // A reparse point without a target (a placeholder of a cloud drive, a deduplicated file) is an ordinary file.
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
            // Links and their targets are checked one by one.
            return new DescriptorCheck(trusted.Sids, WindowsAccounts.NameOf).Find(path, SddlOf(path, followLinks: false), role, Directory.Exists(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new SafetyFinding(path, $"the access rules of '{path}' cannot be read ({e.Message})", $"icacls \"{path}\"")];
        }
    }

    /// <summary>The SID of the owner of a file; null if it cannot be read.</summary>
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
