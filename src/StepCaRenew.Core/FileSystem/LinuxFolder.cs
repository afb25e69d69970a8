using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>A folder on Linux, by its descriptor. Every call names a file in it, and none follows a link.</summary>
/// <param name="path">Its path, for messages.</param>
/// <param name="handle">The descriptor; this object closes it.</param>
/// <param name="isReadable">False for a descriptor that was opened without the permission to list the folder (O_PATH).</param>
[SupportedOSPlatform("linux")]
internal sealed class LinuxFolder(string path, SafeFileHandle handle, bool isReadable) : OpenFolder(path)
{
    private const uint OwnerAlone = 0x180;
    private const int InvalidArgument = 22;
    private const int AlreadyExists = 17;

    private (uint MajorDevice, uint MinorDevice, ulong Inode)? identity;

    /// <inheritdoc/>
    public override bool IsWritable => LinuxNative.MayWrite(handle);

    /// <summary>Owner, group and mode of the folder itself.</summary>
    public LinuxStat Stat => LinuxStat.Read(handle);

    /// <summary>The POSIX ACL of the folder itself; null if it has none.</summary>
    public byte[]? Acl => isReadable ? LinuxMetadata.Read(handle, LinuxMetadata.Acl) : null;

    /// <summary>Whether two descriptors are of the same folder.</summary>
    public bool IsSame(LinuxFolder other) => Identity == other.Identity;

    // That of an open folder does not change.
    private (uint MajorDevice, uint MinorDevice, ulong Inode) Identity => identity ??= Stat.Identity;

    /// <summary>Owner, mode and other data of a file or a link; null if there is none.</summary>
    public LinuxStat? TryStat(string name) => LinuxStat.TryRead(handle, name);

    /// <summary>Opens a file; a link is refused. The caller checks whether the handle is invalid.</summary>
    public SafeFileHandle Open(string name, int flags, uint mode = 0) =>
        LinuxNative.OpenAt(handle, name, flags | UnixOpen.NoFollow | UnixOpen.CloseOnExec | UnixOpen.NonBlocking, mode);

    /// <inheritdoc/>
    public override SmallFile OpenToRead(string name)
    {
        // Opening a device can start it. If the file becomes a device after this check, O_NONBLOCK keeps the call from waiting.
        if (TryStat(name) is { IsLink: false, IsRegular: false })
            return SmallFile.Special();
        return SmallFile.FromHandle(Require(Open(name, UnixOpen.ReadOnly), name));
    }

    /// <inheritdoc/>
    public override bool Exists(string name) => TryStat(name) is { IsFolder: false };

    /// <inheritdoc/>
    public override string ListedPath => $"/proc/self/fd/{handle.DangerousGetHandle()}";

    /// <inheritdoc/>
    public override StagedFile CreateLike(string name, string model)
    {
        // By descriptor: the name could lead to another file by now.
        using var source = OpenModel(model);
        return Create(name, staged => LinuxMetadata.Copy(source, staged, PathOf(model)));
    }

    /// <inheritdoc/>
    public override StagedFile CreateOwn(string name) => Create(name, file => LinuxMetadata.GiveToWriters(file, this));

    /// <inheritdoc/>
    public override StagedFile Create(string name, UnixFileMode mode) => Create(name, file => File.SetUnixFileMode(file, mode));

    /// <summary>Creates a folder with exactly this mode, ignoring the umask; an existing one is not changed.</summary>
    /// <param name="owner">The user to give it to; null for the account of this process.</param>
    /// <exception cref="IOException">It cannot be created, or another account has put another folder in its place.</exception>
    public void CreateFolder(string name, UnixFileMode mode, uint? owner = null)
    {
        if (LinuxNative.MakeFolderAt(handle, name, OwnerAlone | 0x40) != 0)
        {
            if (Marshal.GetLastPInvokeError() is not AlreadyExists and var error)
                throw NativeErrors.ToException(error, PathOf(name));
            return;
        }

        using var made = Require(Open(name, UnixOpen.ReadOnly | UnixOpen.Directory), name);
        RequireNew(made, name);
        File.SetUnixFileMode(made, mode);
        if (owner is { } user && LinuxNative.ChangeOwner(made, user, uint.MaxValue) != 0)
            throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), PathOf(name));
    }

    /// <summary>Makes a user the owner of a file or folder; a link is refused.</summary>
    public void GiveTo(string name, uint user)
    {
        using var file = Require(Open(name, UnixOpen.ReadOnly), name);
        if (LinuxNative.ChangeOwner(file, user, uint.MaxValue) != 0)
            throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), PathOf(name));
    }

    /// <inheritdoc/>
    public override bool HasRightsOf(string name, string model)
    {
        using var one = Open(name, UnixOpen.ReadOnly);
        using var other = Open(model, UnixOpen.ReadOnly);
        return !one.IsInvalid && !other.IsInvalid && LinuxMetadata.AreSame(one, other);
    }

    /// <inheritdoc/>
    public override bool TryExchange(string one, string other)
    {
        if (LinuxNative.RenameAt(handle, one, handle, other, LinuxNative.RenameExchange) == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        return LinuxNative.CannotExchange.Contains(error) ? false : throw NativeErrors.ToException(error, PathOf(other));
    }

    /// <inheritdoc/>
    public override bool TryLink(string existing, string name) => LinuxNative.LinkAt(handle, existing, handle, name, 0) == 0;

    /// <inheritdoc/>
    public override void Rename(string source, string target)
    {
        if (LinuxNative.RenameAt(handle, source, handle, target, 0) != 0)
            throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), PathOf(target));
    }

    /// <inheritdoc/>
    public override void Delete(string name)
    {
        if (LinuxNative.UnlinkAt(handle, name, 0) != 0 && Marshal.GetLastPInvokeError() is not NativeErrors.NoEntry and var error)
            throw NativeErrors.ToException(error, PathOf(name));
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // A folder in which this account can write but not list cannot be opened for flushing.
        if (Flushing.IsSkipped || !isReadable)
            return;
        // Some file systems (network mounts) cannot flush folders and return EINVAL; that is ignored.
        if (UnixNative.Flush(handle) != 0 && Marshal.GetLastPInvokeError() is not InvalidArgument and var error)
            throw new IOException($"The folder '{Path}' cannot be flushed to disk: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <inheritdoc/>
    public override void Dispose() => handle.Dispose();

    // An account that can write in this folder could put a folder of root in the place of the new one. Root would then open that
    // folder to all, or give it away. Only an empty folder is harmless: that account could have deleted it.
    private void RequireNew(SafeFileHandle made, string name)
    {
        if (LinuxStat.Read(made).IsMountPoint || Directory.EnumerateFileSystemEntries($"/proc/self/fd/{made.DangerousGetHandle()}").Any())
            throw new IOException($"another process put something else in the place of '{PathOf(name)}'");
    }

    private SafeFileHandle OpenModel(string model)
    {
        var (file, path) = (Open(model, UnixOpen.ReadOnly), PathOf(model));
        if (file.IsInvalid && Marshal.GetLastPInvokeError() is NativeErrors.NoEntry or UnixOpen.TooManyLinks)
            throw TargetPath.Broken(path, null);
        Require(file, model);
        if (LinuxStat.Read(file) is { IsRegular: true } && TryStat(model) is not { IsMountPoint: true })
            return file;
        file.Dispose();
        throw TryStat(model) is { IsMountPoint: true } ? TargetPath.MountPoint(path) : TargetPath.Broken(path, null);
    }

    private StagedFile Create(string name, Action<SafeFileHandle> giveRights)
    {
        var file = Require(Open(name, UnixOpen.ReadWrite | UnixOpen.Create | UnixOpen.Exclusive, OwnerAlone), name);
        try
        {
            giveRights(file);
            return new StagedFile(file);
        }
        catch
        {
            file.Dispose();
            LinuxNative.UnlinkAt(handle, name, 0);
            throw;
        }
    }

    private SafeFileHandle Require(SafeFileHandle file, string name) =>
        file.IsInvalid ? throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), PathOf(name)) : file;
}
