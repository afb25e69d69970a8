using StepCaRenew.FileSystem;

namespace StepCaRenew.FollowUps.Publications;

/// <summary>The rules for the files of publications.</summary>
internal static class PublicationPaths
{
    /// <summary>Requires that each publication of a pair has a file of its own, in a folder that exists.</summary>
    /// <param name="publications">The publications.</param>
    /// <param name="certificatePath">The certificate of the pair.</param>
    /// <param name="keyPath">Its key; null if it is not known.</param>
    /// <exception cref="RenewalException">One does not (<see cref="ErrorId.PublicationInvalid"/>), or a link must not be followed.</exception>
    public static void Require(IReadOnlyList<Publication> publications, string certificatePath, string? keyPath)
    {
        foreach (var publication in publications.OfType<FilePublication>())
        {
            RequireOwnFile(publication, publications, certificatePath, keyPath);
            RequireFile(publication, TargetPath.Follow(publication.Path));
        }
    }

    /// <summary>Requires that a publication would replace neither a file of the pair nor a publication before it.</summary>
    /// <inheritdoc cref="Require"/>
    public static void RequireOwnFile(FilePublication publication, IReadOnlyList<Publication> publications, string certificatePath, string? keyPath)
    {
        var target = TargetPath.Follow(publication.Path);
        var owner = IsTarget(certificatePath) ? "the certificate of the pair" : keyPath is not null && IsTarget(keyPath) ? "the key of the pair"
            : publications.TakeWhile(other => !ReferenceEquals(other, publication)).OfType<FilePublication>().FirstOrDefault(other => IsTarget(other.Path))?.Parameter;
        if (owner is not null)
            throw PublicationErrors.Invalid($"{publication.Parameter} '{publication.Path}' is the file of {owner}, which it would replace.", $"Name another file in {publication.Parameter}.");

        bool IsTarget(string path) => PathNames.AreSame(TargetPath.Follow(path), target);
    }

    /// <summary>Requires that a file can be put in a place.</summary>
    /// <param name="publication">The publication.</param>
    /// <param name="target">Its file, links followed.</param>
    /// <exception cref="RenewalException">Its folder does not exist, or something else is in its place.</exception>
    public static void RequireFile(FilePublication publication, string target)
    {
        var folder = Path.GetDirectoryName(target);
        if (folder is null || Directory.Exists(target))
            throw PublicationErrors.Invalid($"{publication.Parameter} '{publication.Path}' is a folder.", "Name a file in it.");
        if (!Directory.Exists(folder))
            throw PublicationErrors.Invalid(
                $"{publication.Parameter} '{publication.Path}' cannot be written: there is no folder '{folder}'.", "Create the folder, with the permissions that the files in it need, or name another file.");
        if (FileKind.IsSpecial(target))
            throw PublicationErrors.Invalid($"{publication.Parameter} '{publication.Path}' is not a regular file.", "Name a regular file: devices, pipes and sockets are not written.");
        if (File.Exists(target))
            TargetPath.RequireReplaceable(target);
    }
}
