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
            if (new FileInfo(path).LinkTarget is not null || FileKind.IsSpecial(path))
                return null;
            // Shared with everybody, so that on Windows nobody is kept from replacing it.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            // Nothing of ours is larger; who puts more under one of our names does not get it read into memory.
            var buffer = new byte[Math.Min(stream.Length, InputFile.MaximumLength) + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length == buffer.Length ? null : buffer[..length];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(path) || new FileInfo(path).LinkTarget is not null;

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
        OperatingSystem.IsWindows() ? WindowsNative.CreateHardLink(name, existing, 0) : UnixNative.Link(existing, name) == 0;

    /// <inheritdoc/>
    public void Rename(string source, string target) => File.Move(source, target, overwrite: true);

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void FlushFolder(string folder)
    {
        // NTFS has no such call; its journal keeps the order of renames.
        if (!OperatingSystem.IsWindows())
            UnixNative.FlushFolder(folder);
    }

    private static bool Demand(int error, ReadOnlySpan<int> cannot, string path) =>
        cannot.Contains(error) ? true : throw NativeErrors.ToException(error, path);
}
