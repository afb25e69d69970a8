namespace StepCaRenew.FileSystem;

/// <summary>A new file that nobody else uses yet. It stays open until it is written, so that nothing can be put in its place.</summary>
internal interface IStagedFile : IDisposable
{
    /// <summary>The owner of the old file if it cannot be given to the new one, which belongs to this run's account then; else null.</summary>
    string? LostOwner => null;

    /// <summary>Writes the whole content.</summary>
    void Write(ReadOnlySpan<byte> content);

    /// <summary>Flushes the content to disk.</summary>
    void Flush();
}
