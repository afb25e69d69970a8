using System.Runtime.InteropServices;
using StepCaRenew.Certificates;

namespace StepCaRenew.Files;

/// <summary>The file system as it is.</summary>
internal sealed class Volume : IVolume
{
    /// <inheritdoc/>
    public byte[]? Read(string path)
    {
        try
        {
            if (new FileInfo(path).LinkTarget is not null)
                return null;
            // Shared with everybody, so that on Windows nobody is kept from replacing it.
            using var file = SmallFile.Open(path);
            if (!file.IsRegular)
                return null;
            // Nothing of ours is larger; who puts more under one of our names does not get it read into memory.
            var buffer = new byte[Math.Min(file.Length, InputFile.MaximumLength) + 1];
            var length = file.Read(buffer);
            return length == buffer.Length ? null : buffer[..length];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path)
    {
        try
        {
            // One look at the name itself: a link that leads nowhere is there as well.
            var attributes = new FileInfo(path).Attributes;
            return (int)attributes != -1 && (attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint)) != FileAttributes.Directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public IStagedFile CreateLike(string path, string model)
    {
        TargetPath.DemandReplaceable(model);
        return StagedFile.CreateLike(path, model);
    }

    /// <inheritdoc/>
    public bool HasRightsOf(string path, string model) => FileMetadata.AreSame(path, model);

    /// <inheritdoc/>
    public bool TryExchange(string one, string other)
    {
        if (OperatingSystem.IsLinux())
            return LinuxNative.Exchange(one, other) == 0 || !Demand(Marshal.GetLastPInvokeError(), LinuxNative.CannotExchange, other);
        if (OperatingSystem.IsMacOS())
            return MacNative.Exchange(one, other) == 0 || !Demand(Marshal.GetLastPInvokeError(), MacNative.CannotExchange, other);
        return false;
    }

    /// <inheritdoc/>
    public bool TryLink(string existing, string name) =>
        OperatingSystem.IsWindows() ? WindowsNative.CreateHardLink(LongPath.Of(name), LongPath.Of(existing), 0) : UnixNative.Link(existing, name) == 0;

    /// <inheritdoc/>
    public void Rename(string source, string target) => Replace(source, target);

    /// <inheritdoc cref="Rename"/>
    public static void Replace(string source, string target)
    {
        if (OperatingSystem.IsWindows())
            WindowsRename.Run(source, target);
        else
            File.Move(source, target, overwrite: true);
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        if (OperatingSystem.IsWindows())
            WindowsRename.Delete(path);
        else
            File.Delete(path);
    }

    /// <inheritdoc/>
    public void RequireReplaceable(string target)
    {
        // Elsewhere the right to write in the folder is all that a rename takes, and a staged file has shown that right.
        if (OperatingSystem.IsWindows())
            WindowsRename.Probe(target);
    }

    /// <inheritdoc/>
    public void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsWindows())
            UnixNative.FlushFolder(folder);
        else
            WindowsFolder.TryFlush(folder);
    }

    private static bool Demand(int error, ReadOnlySpan<int> cannot, string path) =>
        cannot.Contains(error) ? true : throw NativeErrors.ToException(error, path);
}
