namespace StepCaRenew.FileSystem;

/// <summary>
/// The file-system calls of a replacement, one by one: so that a test can end the process after each of them, and
/// another can forget what was not flushed.
/// </summary>
internal interface IVolume
{
    /// <summary>The content of a regular file; null where there is none, or a link or something else in its place.</summary>
    byte[]? Read(string path);

    /// <summary>Whether anything lies at the path, a link included.</summary>
    bool Exists(string path);

    /// <summary>Requires that a file can be replaced at this moment, as far as that can be known before it is done.</summary>
    /// <exception cref="IOException">Somebody has it open, and lets nobody replace it.</exception>
    /// <exception cref="UnauthorizedAccessException">The right to replace it is missing.</exception>
    void RequireReplaceable(string target);

    /// <summary>Makes a new, empty file with the rights of another one, which it is to replace; the name must be free.</summary>
    /// <exception cref="RenewalException">The other one can't be replaced, or its rights can't be given.</exception>
    IStagedFile CreateLike(string path, string model);

    /// <summary>Makes a new, empty file that only those can read and write who can write in its folder; the name must be free.</summary>
    IStagedFile CreateOwn(string path);

    /// <summary>Whether a file has the owner, the mode and the ACL of another one, and no second name.</summary>
    bool HasRightsOf(string path, string model);

    /// <summary>Exchanges two files in one step; false where the file system can't.</summary>
    bool TryExchange(string one, string other);

    /// <summary>Gives a file a second name; false where the file system can't.</summary>
    bool TryLink(string existing, string name);

    /// <summary>Renames a file over another one, or to a free name.</summary>
    void Rename(string source, string target);

    /// <summary>Takes a name away, or the link that has it.</summary>
    void Delete(string path);

    /// <summary>Flushes the names of a folder to disk.</summary>
    void FlushFolder(string folder);
}
