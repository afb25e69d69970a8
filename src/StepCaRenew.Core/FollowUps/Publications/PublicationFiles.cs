using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;
using StepCaRenew.Stores;

namespace StepCaRenew.FollowUps.Publications;

/// <summary>
/// Reads and writes the files of publications. A new content is staged next to its target with the rights of the target, flushed,
/// moved over it, and read back. A reader finds the old file or the new one.
/// </summary>
internal sealed class PublicationFiles : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode ForAll = UnixFileMode.OtherRead;

    private readonly OpenFolders folders = new();
    private readonly IVolume volume;
    private readonly SharingRetry retry;
    private readonly ILogger logger;

    public PublicationFiles(StoreServices services) => (volume, retry, logger) = (services.Volumes(folders), new SharingRetry(services.Clock), services.Logger);

    /// <summary>Whether the file in place is the form of this pair. Any doubt means no: then the form is written again.</summary>
    public bool IsCurrent(FilePublication publication, PublishedPair pair)
    {
        try
        {
            return volume.Read(folders.Follow(publication.Path)) is { Length: > 0 } content && publication.IsFormOf(pair, content);
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Writes a form of a pair.</summary>
    /// <exception cref="RenewalException">It cannot be made or written; the old file is unchanged.</exception>
    /// <exception cref="IOException">The same.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public async Task WriteAsync(FilePublication publication, PublishedPair pair)
    {
        var target = folders.Follow(publication.Path);
        PublicationPaths.RequireFile(publication, target);
        var content = publication.Render(pair);
        try
        {
            if (!publication.IsFormOf(pair, content))
                throw new InvalidOperationException($"'{publication.Path}', as it would be written, does not hold the pair. Nothing was changed.");
            var staged = Stage(publication, target, content);
            try
            {
                await retry.RunAsync(() => volume.Rename(staged, target), target).ConfigureAwait(false);
            }
            catch
            {
                Remove(staged);
                throw;
            }

            volume.FlushFolder(Path.GetDirectoryName(target)!);
            // Equal bytes: what was read of the content above holds for the file as well.
            if (volume.Read(target) is not { } written || !written.AsSpan().SequenceEqual(content))
                throw PublicationErrors.Different(publication.Path);
        }
        finally
        {
            if (publication.HoldsKey)
                CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => folders.Dispose();

    // The file has its rights before anything is written.
    private string Stage(FilePublication publication, string target, byte[] content)
    {
        var staged = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.stepcarenew-new");
        if (volume.Exists(staged))
            volume.Delete(staged);
        try
        {
            var isReplacement = volume.Exists(target);
            using var file = isReplacement ? volume.CreateLike(staged, target) : volume.Create(staged, publication.HoldsKey ? Private : Public);
            if (file.LostOwner is { } owner)
                RenewalLog.OwnerNotKept(logger, target, owner, CurrentUser.Name);
            if (isReplacement && publication.HoldsKey && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(target) & ForAll) != 0)
                PublicationLog.ReadableByAll(logger, target);
            file.Write(content);
            file.Flush();
            return staged;
        }
        catch
        {
            Remove(staged);
            throw;
        }
    }

    private void Remove(string staged)
    {
        try
        {
            if (volume.Exists(staged))
                volume.Delete(staged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that is being handled says more. The next publication deletes it.
        }
    }
}
