namespace StepCaRenew.Stores.PemFiles;

/// <summary>The one step that makes a half replaced pair whole.</summary>
/// <param name="Source">The file at a fixed name.</param>
/// <param name="Target">The place where it belongs.</param>
/// <param name="What">What it does, for the log.</param>
internal sealed record RecoveryMove(string Source, string Target, string What)
{
    /// <summary>
    /// Finds the step: the certificate in its place decides, and gets the key that fits it. A certificate is put to the
    /// key only where no key fits: the one in its place may be somebody else's, who replaced the pair in the very moment
    /// that was cut short, while the staged one can be had again.
    /// </summary>
    /// <returns>Null where nothing fits: that is for a human.</returns>
    public static RecoveryMove? Find(PairState state, PairPaths paths)
    {
        if (state.Match(paths.Certificate, paths.StagedKey))
            return new RecoveryMove(paths.StagedKey, paths.Key, "mended: the key that waited beside was put to its certificate");
        if (state.Match(paths.Certificate, paths.OldKey))
            return new RecoveryMove(paths.OldKey, paths.Key, "undone: the old key was put back");
        if (state.Match(paths.StagedCertificate, paths.Key))
            return new RecoveryMove(paths.StagedCertificate, paths.Certificate, "mended: the certificate that waited beside was put to its key");
        if (state.Match(paths.OldCertificate, paths.Key))
            return new RecoveryMove(paths.OldCertificate, paths.Certificate, "undone: the old certificate was put back");
        return null;
    }

    /// <summary>
    /// Whether both halves of another whole pair lie there as well, as a crash of ours leaves them. Otherwise somebody
    /// may be deploying: their certificate beside our new key is no reason to overwrite it.
    /// </summary>
    public bool IsCertain(PairState state, PairPaths paths) =>
        Target == paths.Certificate
            ? state.Match(paths.Certificate, paths.StagedKey) || state.Match(paths.Certificate, paths.OldKey)
            : state.Match(paths.StagedCertificate, paths.Key) || state.Match(paths.OldCertificate, paths.Key);

    /// <summary>A fixed name for what comes out, where the two can't be exchanged in one step.</summary>
    public string Spare(PairPaths paths) =>
        Target == paths.Certificate
            ? Source == paths.OldCertificate ? paths.StagedCertificate : paths.OldCertificate
            : Source == paths.OldKey ? paths.StagedKey : paths.OldKey;
}
