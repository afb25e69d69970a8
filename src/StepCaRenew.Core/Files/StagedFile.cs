namespace StepCaRenew.Files;

/// <summary>A staged file on disk.</summary>
internal sealed class StagedFile : IStagedFile
{
    private readonly FileStream stream;

    private StagedFile(FileStream stream) => this.stream = stream;

    /// <summary>Makes the file for its owner alone, then gives it the rights of the model, before anything is written.</summary>
    public static StagedFile CreateLike(string path, string model)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var stream = new FileStream(path, options);
        try
        {
            FileMetadata.Copy(model, path, stream.SafeFileHandle);
            return new StagedFile(stream);
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
