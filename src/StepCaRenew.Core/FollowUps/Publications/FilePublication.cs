namespace StepCaRenew.FollowUps.Publications;

/// <summary>A form of a pair in a file.</summary>
/// <param name="Path">The file; a full path. Links are followed.</param>
internal abstract record FilePublication(string Path) : Publication(Path)
{
    /// <inheritdoc/>
    public override string FilePath => Path;

    /// <summary>The content of the file.</summary>
    /// <exception cref="RenewalException">The pair does not have what the form needs.</exception>
    public abstract byte[] Render(PublishedPair pair);

    /// <summary>Whether a content is this form of the pair. A private key counts only if it signs for the certificate.</summary>
    /// <exception cref="RenewalException">The content cannot be read.</exception>
    public abstract bool IsFormOf(PublishedPair pair, byte[] content);
}
