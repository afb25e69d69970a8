using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>
/// The folders that some paths name at this moment, for one check of all of them: each is opened once, and each name is looked up
/// once. They can be others than those that were opened before (<see cref="OpenFolders"/>).
/// </summary>
/// <param name="before">The folders that were opened before.</param>
internal sealed class NamedFolders(OpenFolders before) : IDisposable
{
    private readonly Dictionary<string, OpenFolder?> opened = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NameKind> looked = new(StringComparer.Ordinal);

    private enum NameKind
    {
        // A link, or something that must be looked up by the path.
        Other,
        Missing,
        Folder,
        File,
    }

    /// <summary>Whether a path leads to a file, links followed.</summary>
    public bool IsFile(string path) => OperatingSystem.IsLinux() && Look(path) is var kind && kind != NameKind.Other ? kind == NameKind.File : OpenFolders.IsFile(path);

    /// <summary>Whether a path still leads to a file in the folder that was opened before.</summary>
    /// <param name="named">The path as the user named it.</param>
    /// <param name="path">The file that it led to.</param>
    /// <exception cref="RenewalException">Its links lead nowhere, or must not be followed.</exception>
    public bool IsStillAt(string named, string path)
    {
        if (!OperatingSystem.IsLinux() || Look(named) == NameKind.Other)
            return before.IsStillAt(named, path);
        try
        {
            return Path.GetFullPath(named) == path && Parent(path)!.IsSame((LinuxFolder)before.OpenParent(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var folder in opened.Values)
            folder?.Dispose();
    }

    [SupportedOSPlatform("linux")]
    private NameKind Look(string path)
    {
        var full = Path.GetFullPath(path);
        if (!looked.TryGetValue(full, out var kind))
            looked.Add(full, kind = Parent(full) is { } folder && Path.GetFileName(full) is { Length: > 0 } name ? KindOf(folder, name) : NameKind.Other);
        return kind;
    }

    [SupportedOSPlatform("linux")]
    private static NameKind KindOf(LinuxFolder folder, string name) => folder.TryStat(name) switch
    {
        null => Marshal.GetLastPInvokeError() == NativeErrors.NoEntry ? NameKind.Missing : NameKind.Other,
        { IsLink: true } => NameKind.Other,
        { IsFolder: true } => NameKind.Folder,
        _ => NameKind.File,
    };

    // Null if a part of the path is a link, or cannot be opened.
    [SupportedOSPlatform("linux")]
    private LinuxFolder? Parent(string full)
    {
        if (Path.GetDirectoryName(full) is not { } parent)
            return null;
        if (opened.TryGetValue(parent, out var known))
            return (LinuxFolder?)known;
        var handle = LinuxNative.OpenWithoutLinks(parent);
        var folder = handle.IsInvalid ? null : new LinuxFolder(parent, handle, isReadable: true);
        if (folder is null)
            handle.Dispose();
        opened.Add(parent, folder);
        return folder;
    }
}
