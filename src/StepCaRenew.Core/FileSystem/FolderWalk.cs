using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Follows a path folder by folder. Each folder is opened relative to the one before, so that nothing is resolved twice. A
/// link of another account must lead to a folder of that account: otherwise it could make root write in any folder.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class FolderWalk : IDisposable
{
    // The limit of Linux.
    private const int MostLinks = 40;
    private const int Passing = UnixOpen.PathOnly;

    private readonly string named;
    private readonly bool areLinksRefused;
    private readonly Stack<string> left = new();
    private SafeFileHandle folder;
    private string path = "/";
    private uint? linkOwner;
    private int links;

    private FolderWalk(string named, bool areLinksRefused)
    {
        (this.named, this.areLinksRefused) = (Path.GetFullPath(named), areLinksRefused);
        folder = Require(UnixNative.Open("/", Passing | UnixOpen.Directory | UnixOpen.CloseOnExec, 0), "/");
        Push(this.named);
    }

    /// <summary>The folder of the file at the end of all links, and the file's name in it; the file need not exist.</summary>
    /// <param name="path">A path; <c>..</c> is removed with the name before it, as .NET does.</param>
    /// <exception cref="RenewalException">The links go in a circle, or must not be followed (<see cref="ErrorId.LinkNotTrusted"/>).</exception>
    /// <exception cref="IOException">A folder of the path does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no access to a folder of the path.</exception>
    public static (LinuxFolder Folder, string Name) Follow(string path)
    {
        if (TryOpenWithoutLinks(Path.GetFullPath(path)) is { } found)
            return found;
        using var walk = new FolderWalk(path, areLinksRefused: false);
        var name = walk.Run(() => walk.ToFile());
        return (walk.OpenReached(), name);
    }

    /// <summary>The same for a full path without links, as most are: the kernel finds that out in one call.</summary>
    /// <returns>Null if there is a link, or if the walk must find the reason of a failure.</returns>
    public static (LinuxFolder Folder, string Name)? TryOpenWithoutLinks(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
            return null;
        var handle = LinuxNative.OpenWithoutLinks(parent);
        var (folder, name) = (new LinuxFolder(parent, handle, isReadable: true), Path.GetFileName(path));
        if (name.Length > 0 && !handle.IsInvalid && (folder.TryStat(name) is { } file ? !file.IsLink : Marshal.GetLastPInvokeError() == NativeErrors.NoEntry))
            return (folder, name);
        folder.Dispose();
        return null;
    }

    /// <summary>The folder at the end of all links.</summary>
    /// <inheritdoc cref="Follow"/>
    public static LinuxFolder FollowFolder(string path)
    {
        var full = Path.GetFullPath(path);
        var handle = LinuxNative.OpenWithoutLinks(full);
        if (!handle.IsInvalid)
            return new LinuxFolder(full, handle, isReadable: true);
        handle.Dispose();
        using var walk = new FolderWalk(path, areLinksRefused: false);
        return walk.Run(() => walk.ToFolder());
    }

    /// <summary>A folder whose path has no links.</summary>
    /// <exception cref="IOException">It does not exist, or a part of its path has become a link.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no access to it.</exception>
    public static LinuxFolder OpenFolder(string path)
    {
        var handle = LinuxNative.OpenWithoutLinks(path);
        if (!handle.IsInvalid)
            return new LinuxFolder(path, handle, isReadable: true);
        // An older kernel, a folder that this account cannot list, or a link: the walk finds out which.
        handle.Dispose();
        using var walk = new FolderWalk(path, areLinksRefused: true);
        return walk.ToFolder();
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();

    // One error for all failures behind a link of another account: that account must not learn which files exist.
    private T Run<T>(Func<T> walk)
    {
        try
        {
            var result = walk();
            return linkOwner is { } owner && LinuxStat.Read(folder).User != owner ? throw NotTrusted() : result;
        }
        catch (Exception e) when (linkOwner is not null && (e is IOException or UnauthorizedAccessException || e is RenewalException { ErrorId: ErrorId.LinkBroken }))
        {
            throw NotTrusted();
        }
    }

    private LinuxFolder ToFolder()
    {
        while (left.TryPop(out var name))
            Enter(name);
        return OpenReached();
    }

    private string ToFile()
    {
        while (left.TryPop(out var name))
        {
            if (left.Count == 0 && name != "..")
            {
                using var file = Open(name);
                if (file.IsInvalid || LinuxStat.Read(file) is not { IsLink: true } link)
                    return file.IsInvalid && Marshal.GetLastPInvokeError() != NativeErrors.NoEntry ? throw Failure(name) : name;
                FollowLink(file, link, name);
            }
            else
            {
                Enter(name);
            }
        }

        // The links end at a folder.
        var last = Path.GetFileName(path);
        Enter("..");
        return last;
    }

    private void Enter(string name)
    {
        var next = LinuxNative.OpenAt(folder, name, Passing | UnixOpen.Directory | UnixOpen.NoFollow | UnixOpen.CloseOnExec, 0);
        if (!next.IsInvalid)
        {
            folder.Dispose();
            (folder, path) = (next, name == ".." ? Path.GetDirectoryName(path) ?? "/" : Path.Combine(path, name));
            return;
        }

        var failure = Failure(name);
        using var link = Open(name);
        if (link.IsInvalid || LinuxStat.Read(link) is not { IsLink: true } stat)
            throw failure;
        FollowLink(link, stat, name);
    }

    private void FollowLink(SafeFileHandle link, LinuxStat stat, string name)
    {
        if (areLinksRefused)
            throw new IOException($"'{Path.Combine(path, name)}' has become a link.", UnixOpen.TooManyLinks);
        if (++links > MostLinks)
            throw TargetPath.Broken(named, null);
        if (stat.User != 0 && stat.User != LinuxNative.EffectiveUser())
            linkOwner = linkOwner is null || linkOwner == stat.User ? stat.User : throw NotTrusted();
        var target = LinuxNative.ReadLink(link) ?? throw Failure(name);
        if (target.StartsWith('/'))
        {
            folder.Dispose();
            (folder, path) = (Require(UnixNative.Open("/", Passing | UnixOpen.Directory | UnixOpen.CloseOnExec, 0), "/"), "/");
        }

        Push(target);
    }

    // A descriptor that can be flushed, if this account can list the folder.
    private LinuxFolder OpenReached()
    {
        var readable = LinuxNative.OpenAt(folder, ".", UnixOpen.ReadOnly | UnixOpen.Directory | UnixOpen.CloseOnExec, 0);
        if (!readable.IsInvalid)
            return new LinuxFolder(path, readable, isReadable: true);
        var passing = LinuxNative.OpenAt(folder, ".", Passing | UnixOpen.Directory | UnixOpen.CloseOnExec, 0);
        return new LinuxFolder(path, Require(passing, path), isReadable: false);
    }

    private void Push(string target)
    {
        foreach (var name in target.Split('/').Where(name => name is not ("" or ".")).Reverse())
            left.Push(name);
    }

    private SafeFileHandle Open(string name) => LinuxNative.OpenAt(folder, name, Passing | UnixOpen.NoFollow | UnixOpen.CloseOnExec, 0);

    private Exception Failure(string name) => NativeErrors.ToException(Marshal.GetLastPInvokeError(), Path.Combine(path, name));

    private RenewalException NotTrusted() => new(
        ErrorId.LinkNotTrusted, $"'{named}' goes through a link of another account, and the link does not lead to a folder of that account.",
        "Name the file itself, or replace the link with one that root owns.");

    private static SafeFileHandle Require(SafeFileHandle opened, string path) =>
        opened.IsInvalid ? throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), path) : opened;
}
