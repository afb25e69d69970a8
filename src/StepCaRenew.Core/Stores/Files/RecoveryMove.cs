namespace StepCaRenew.Stores.Files;

/// <summary>The one step that makes a half-replaced pair match again.</summary>
/// <param name="Source">The leftover file.</param>
/// <param name="Target">The file of the pair that it replaces.</param>
/// <param name="Outcome">The effect on the interrupted replacement, for the log: it was completed, or undone.</param>
internal sealed record RecoveryMove(string Source, string Target, string Outcome)
{
    /// <summary>
    /// Finds the step: the certificate in its place gets the key that matches it. If no leftover key matches, the key in its
    /// place gets the leftover certificate that matches it. The order matters: the certificate in its place may come from
    /// another program that replaced the pair at the moment of the crash, and a staged certificate can be requested again.
    /// </summary>
    /// <returns>Null if nothing matches; then a person must decide.</returns>
    public static RecoveryMove? Find(PairState state, PairPaths paths)
    {
        if (state.Match(paths.Certificate, paths.StagedKey))
            return new RecoveryMove(paths.StagedKey, paths.Key, "completed: the staged key took the place of the old key");
        if (state.Match(paths.Certificate, paths.OldKey))
            return new RecoveryMove(paths.OldKey, paths.Key, "undone: the old key was put back");
        if (state.Match(paths.StagedCertificate, paths.Key))
            return new RecoveryMove(paths.StagedCertificate, paths.Certificate, "completed: the staged certificate took the place of the old certificate");
        if (state.Match(paths.OldCertificate, paths.Key))
            return new RecoveryMove(paths.OldCertificate, paths.Certificate, "undone: the old certificate was put back");
        return null;
    }

    /// <summary>
    /// Whether the file that is replaced has a leftover that matches it, as a crash of this module leaves it. Otherwise another
    /// program may be deploying: its certificate must not be overwritten because it does not match the new key.
    /// </summary>
    public bool IsCertain(PairState state, PairPaths paths) =>
        Target == paths.Certificate
            ? state.Match(paths.Certificate, paths.StagedKey) || state.Match(paths.Certificate, paths.OldKey)
            : state.Match(paths.StagedCertificate, paths.Key) || state.Match(paths.OldCertificate, paths.Key);

    /// <summary>A fixed name for the replaced file if the two cannot be exchanged in one step.</summary>
    public string BackupPath(PairPaths paths) =>
        Target == paths.Certificate
            ? Source == paths.OldCertificate ? paths.StagedCertificate : paths.OldCertificate
            : Source == paths.OldKey ? paths.StagedKey : paths.OldKey;
}
