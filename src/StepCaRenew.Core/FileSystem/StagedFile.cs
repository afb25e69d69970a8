using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.FileSystem;

/// <summary>A staged file. It stays open until it is written, so that no other file can take its place.</summary>
internal interface IStagedFile : IDisposable
{
    /// <summary>The owner of the old file, if the staged one belongs to the account of this run instead; else null.</summary>
    string? LostOwner => null;

    /// <summary>Writes the whole content.</summary>
    void Write(ReadOnlySpan<byte> content);

    /// <summary>Flushes the content to disk.</summary>
    void Flush();
}

/// <summary>A staged file on disk.</summary>
internal sealed class StagedFile : IStagedFile
{
    private readonly FileStream stream;

    /// <summary>A file that was created for writing; this object closes it.</summary>
    public StagedFile(SafeFileHandle handle) => stream = new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0);

    private StagedFile(FileStream stream) => this.stream = stream;

    /// <inheritdoc/>
    public string? LostOwner { get; private set; }

    /// <summary>Creates the file for its owner alone, then gives it the owner and permissions of the model before anything is written.</summary>
    public static StagedFile CreateLike(string path, string model)
    {
        var staged = CreateOwn(path);
        try
        {
            staged.LostOwner = FileMetadata.Copy(model, staged.stream.SafeFileHandle);
            return staged;
        }
        catch
        {
            staged.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Creates the file for its owner alone.</summary>
    public static StagedFile CreateOwn(string path) => new(OperatingSystem.IsWindows() ? WindowsNewFile.ForThisAccount(path) : new FileStream(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.Read | FileShare.Delete,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    }));

    /// <summary>Creates a file: if private, for this account, the administrators and SYSTEM alone; else with the permissions that the folder passes on.</summary>
    [SupportedOSPlatform("windows")]
    public static StagedFile CreateOnWindows(string path, bool isPrivate) => new(isPrivate
        ? WindowsNewFile.Private(path)
        : new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 }));

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> content) => stream.Write(content);

    /// <inheritdoc/>
    public void Flush() => Flushing.Flush(stream);

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
