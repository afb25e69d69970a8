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
