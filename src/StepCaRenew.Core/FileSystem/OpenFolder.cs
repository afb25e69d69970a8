using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>
/// A folder that a run works in. It is opened once, and a file in it is reached by its name alone: on Linux relative to the
/// descriptor, so that nobody can lead the run elsewhere by exchanging the folder with a link. Links are not followed.
/// </summary>
internal abstract class OpenFolder(string path) : IDisposable
{
    /// <summary>Its path, without links, for messages and for the systems that have no calls relative to a folder.</summary>
    public string Path { get; } = path;

    /// <summary>Opens a folder.</summary>
    /// <param name="path">A full path without links.</param>
    /// <exception cref="IOException">It is not there, or a link was put in its place.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no access to it.</exception>
    public static OpenFolder Open(string path) => OperatingSystem.IsLinux() ? FolderWalk.OpenFolder(path) : new PathFolder(path);

    /// <summary>Opens a folder that is named by a user or by the system, links followed.</summary>
    /// <param name="path">A path.</param>
    /// <exception cref="RenewalException">The links go in a circle, or must not be followed (<see cref="ErrorId.LinkNotTrusted"/>).</exception>
    /// <exception cref="IOException">It is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no access to it.</exception>
    public static OpenFolder Follow(string path) => OperatingSystem.IsLinux() ? FolderWalk.FollowFolder(path) : new PathFolder(path);

    /// <summary>Whether new files can be created in it.</summary>
    public abstract bool IsWritable { get; }

    /// <summary>Opens a file to read it.</summary>
    /// <exception cref="IOException">It is not there, or is a link.</exception>
    public abstract SmallFile OpenToRead(string name);

    /// <summary>Reads a file whole; null if there is none, a link or something else in its place, or far more than any file of ours holds.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account cannot read it.</exception>
    public byte[]? Read(string name)
    {
        try
        {
            using var file = OpenToRead(name);
            if (!file.IsRegular)
                return null;
            // Nothing of ours is larger; who puts more under one of our names does not get it read into memory.
            var buffer = new byte[Math.Min(file.Length, InputFile.MaximumLength) + 1];
            var length = file.Read(buffer);
            return length == buffer.Length ? null : buffer[..length];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && e.HResult == UnixNative.TooManyLinks))
        {
            return null;
        }
    }

    /// <summary>Whether anything has the name, a link included.</summary>
    public abstract bool Exists(string name);

    /// <summary>Requires that a file can be replaced at this moment, as far as that can be known before it is done.</summary>
    /// <exception cref="IOException">Somebody has it open, and lets nobody replace it.</exception>
    /// <exception cref="UnauthorizedAccessException">The right to replace it is missing.</exception>
    public virtual void RequireReplaceable(string name)
    {
        // Elsewhere than on Windows the right to write in the folder is all that a rename takes, and a staged file has shown that right.
    }

    /// <summary>Creates an empty file with the rights of another one, which it is to replace; the name must be free.</summary>
    /// <exception cref="RenewalException">The other one cannot be replaced, or its rights cannot be given.</exception>
    public abstract StagedFile CreateLike(string name, string model);

    /// <summary>Creates an empty file that only those can read and write who can write in the folder; the name must be free.</summary>
    public abstract StagedFile CreateOwn(string name);

    /// <summary>Creates an empty file with this mode, whatever the umask; on Windows with the rights that the folder gives. The name must be free.</summary>
    public abstract StagedFile Create(string name, UnixFileMode mode);

    /// <summary>Whether a file has the owner, the mode and the ACL of another one, and no second name.</summary>
    public abstract bool HasRightsOf(string name, string model);

    /// <summary>Exchanges two files in one step; false if the file system cannot.</summary>
    public abstract bool TryExchange(string one, string other);

    /// <summary>Gives a file a second name; false if the file system cannot.</summary>
    public abstract bool TryLink(string existing, string name);

    /// <summary>Renames a file, over another one or to a free name.</summary>
    public abstract void Rename(string source, string target);

    /// <summary>Removes a name, or the link that has it; a name that is free is fine.</summary>
    public abstract void Delete(string name);

    /// <summary>Flushes the names to disk.</summary>
    /// <exception cref="IOException">They cannot be flushed.</exception>
    public abstract void Flush();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The full path of a name.</summary>
    protected string PathOf(string name) => System.IO.Path.Combine(Path, name);
}
