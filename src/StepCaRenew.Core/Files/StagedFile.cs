namespace StepCaRenew.Files;

/// <summary>A staged file on disk.</summary>
internal sealed class StagedFile : IStagedFile
{
    private readonly FileStream stream;

    private StagedFile(FileStream stream, string? lostOwner) => (this.stream, LostOwner) = (stream, lostOwner);

    /// <inheritdoc/>
    public string? LostOwner { get; }

    /// <summary>Makes the file for its owner alone, then gives it the rights of the model, before anything is written.</summary>
    public static StagedFile CreateLike(string path, string model)
    {
        var stream = OperatingSystem.IsWindows() ? WindowsNewFile.ForThisAccount(path) : new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        try
        {
            return new StagedFile(stream, FileMetadata.Copy(model, path, stream.SafeFileHandle));
        }
        catch
        {
            stream.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> content) => stream.Write(content);

    /// <inheritdoc/>
    public void Flush() => stream.Flush(flushToDisk: !Flushing.IsSkipped);

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
