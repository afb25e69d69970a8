using System.Runtime.InteropServices;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>A folder by its path, for Windows and macOS.</summary>
internal sealed class PathFolder(string path) : OpenFolder(path)
{
    /// <inheritdoc/>
    public override bool IsWritable => OperatingSystem.IsWindows() || UnixNative.MayWrite(Path);

    /// <inheritdoc/>
    public override SmallFile OpenToRead(string name)
    {
        var path = PathOf(name);
        // Opened so that on Windows another process can still replace it.
        return new FileInfo(path).LinkTarget is null ? SmallFile.Open(path) : throw new IOException($"'{path}' is a link.", UnixNative.TooManyLinks);
    }

    /// <inheritdoc/>
    public override bool Exists(string name)
    {
        try
        {
            // The attributes of the link itself: a broken link exists as well.
            var attributes = new FileInfo(PathOf(name)).Attributes;
            return (int)attributes != -1 && (attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint)) != FileAttributes.Directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public override StagedFile CreateLike(string name, string model)
    {
        TargetPath.RequireReplaceable(PathOf(model));
        return StagedFile.CreateLike(PathOf(name), PathOf(model));
    }

    /// <inheritdoc/>
    public override StagedFile CreateOwn(string name) =>
        OperatingSystem.IsWindows() ? StagedFile.CreateOnWindows(PathOf(name), isPrivate: false) : StagedFile.CreateOwn(PathOf(name));

    /// <inheritdoc/>
    public override StagedFile Create(string name, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            return StagedFile.CreateOnWindows(PathOf(name), isPrivate: (mode & UnixFileMode.OtherRead) == 0);
        var staged = StagedFile.CreateOwn(PathOf(name));
        File.SetUnixFileMode(PathOf(name), mode);
        return staged;
    }

    /// <inheritdoc/>
    public override bool HasRightsOf(string name, string model) => FileMetadata.AreSame(PathOf(name), PathOf(model));

    /// <inheritdoc/>
    public override bool TryExchange(string one, string other)
    {
        if (!OperatingSystem.IsMacOS())
            return false;
        var target = PathOf(other);
        return MacNative.Exchange(PathOf(one), target) == 0
            || (MacNative.CannotExchange.Contains(Marshal.GetLastPInvokeError()) ? false : throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), target));
    }

    /// <inheritdoc/>
    public override bool TryLink(string existing, string name)
    {
        var second = PathOf(name);
        return OperatingSystem.IsWindows() ? WindowsNative.CreateHardLink(LongPath.WithPrefix(second), LongPath.WithPrefix(PathOf(existing)), 0) : UnixNative.Link(PathOf(existing), second) == 0;
    }

    /// <inheritdoc/>
    public override void Rename(string source, string target)
    {
        if (OperatingSystem.IsWindows())
            WindowsRename.Run(PathOf(source), PathOf(target));
        else
            File.Move(PathOf(source), PathOf(target), overwrite: true);
    }

    /// <inheritdoc/>
    public override void Delete(string name)
    {
        if (OperatingSystem.IsWindows())
            WindowsRename.Delete(PathOf(name));
        else
            File.Delete(PathOf(name));
    }

    /// <inheritdoc/>
    public override void RequireReplaceable(string name)
    {
        if (OperatingSystem.IsWindows())
            WindowsRename.Probe(PathOf(name));
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (OperatingSystem.IsWindows())
            Flushing.TryFlushFolderOnWindows(Path);
        else
            Flushing.FlushFolderOnUnix(Path);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
