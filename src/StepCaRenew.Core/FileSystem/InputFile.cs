using StepCaRenew.Accounts;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>The content of a small file at one moment. It is read once; later changes are found by comparing bytes.</summary>
/// <param name="Path">The path as the user gave it.</param>
/// <param name="Bytes">The whole content.</param>
/// <param name="LastWriteTime">When it was last written, UTC.</param>
internal sealed record InputFile(string Path, byte[] Bytes, DateTimeOffset LastWriteTime)
{
    /// <summary>The largest file that is read, in bytes. A long chain with its key is below 64 KB.</summary>
    public const int MaximumLength = 1024 * 1024;

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file; links are followed.</param>
    /// <param name="what">The expected kind of file, such as "certificate file"; used in messages.</param>
    /// <exception cref="RenewalException">The file cannot be read; the message names it and says why.</exception>
    public static InputFile Read(string path, string what) => Read(path, what, SmallFile.Open);

    /// <summary>Reads a whole file that <paramref name="open"/> opens.</summary>
    /// <inheritdoc cref="Read(string, string)"/>
    internal static InputFile Read(string path, string what, Func<string, SmallFile> open)
    {
        try
        {
            using var file = open(path);
            return file.IsRegular ? new InputFile(path, ReadAll(file, path, what), file.LastWriteTime) : throw NotAFile(path, what);
        }
        // A path with a NUL character cannot exist.
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw NotFound(path, what, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new RenewalException(
                ErrorId.AccessDenied, $"The {what} '{path}' cannot be read: {CurrentUser.Name} does not have permission.",
                "Run as a user who can read it, or give this user read permission.", e);
        }
        catch (IOException e)
        {
            if (!OperatingSystem.IsWindows() && e.HResult == UnixNative.TooManyLinks)
                throw Broken(path, what, e);
            throw new RenewalException(
                ErrorId.FileUnreadable, $"The {what} '{path}' cannot be read: {e.Message}", "Check the file, its links and its volume.", e);
        }
    }

    private static byte[] ReadAll(SmallFile file, string path, string what)
    {
        var expected = file.Length;
        if (expected > MaximumLength)
            throw new RenewalException(
                ErrorId.FileTooLarge, $"The {what} '{path}' is too large: {expected:N0} bytes; at most {MaximumLength:N0} are read.", "Name the right file.");
        // One byte more than expected, to notice a file that grows while it is read.
        var buffer = new byte[expected + 1];
        var length = file.Read(buffer);
        if (length > expected)
            throw new RenewalException(ErrorId.FileUnreadable, $"The {what} '{path}' grew while it was read.", "Try again when the program that writes it has finished.");
        if (length == 0)
            throw new RenewalException(ErrorId.FileEmpty, $"The {what} '{path}' is empty.", "Restore it from a backup, or issue a new certificate.");
        return buffer[..length];
    }

    private static RenewalException NotAFile(string path, string what) => Directory.Exists(path)
        ? new(ErrorId.PathIsFolder, $"The {what} '{path}' is a folder.", "Name a file in it.")
        : new(ErrorId.FileUnreadable, $"The {what} '{path}' is not a regular file.", "Name a regular file: devices, pipes and sockets are not read.");

    private static RenewalException NotFound(string path, string what, Exception e) =>
        IsLink(path)
            ? Broken(path, what, e)
            : new(ErrorId.FileNotFound, $"There is no {what} '{path}'.", "Check the path.", e);

    private static RenewalException Broken(string path, string what, Exception e) =>
        new(ErrorId.LinkBroken, $"The {what} '{path}' is a broken or circular link.", "Fix the link, or name the file itself.", e);

    private static bool IsLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is not null;
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return false;
        }
    }
}
