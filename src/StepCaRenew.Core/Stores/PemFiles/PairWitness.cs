using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Looks whether what lies in its place can do without what lies beside it.</summary>
/// <param name="volume">The file system.</param>
/// <param name="paths">The pair.</param>
/// <param name="password">The key's password, if it has one.</param>
internal sealed class PairWitness(IVolume volume, PairPaths paths, KeyPassword? password)
{
    /// <summary>What is to lie there after the replacement, once it is known; where it does, nothing is decoded.</summary>
    public ProvenPair? Proven { get; set; }

    /// <summary>
    /// Whether the old files may go. After a replacement a pair must lie there that matches. Where somebody else's files
    /// stand instead they may be in the middle of a deployment, but each must be what its name says: an empty file is
    /// nobody's.
    /// </summary>
    /// <param name="isReplaced">Whether the new pair was put in its place.</param>
    public bool CanSpareTheOld(bool isReplaced)
    {
        if (isReplaced && IsProvenInPlace())
            return true;
        var state = PairState.TryRead(volume, paths, password);
        return state is not null && (state.Match(paths.Certificate, paths.Key) || (!isReplaced && state.IsCertificate(paths.Certificate) && state.IsKey(paths.Key)));
    }
    private bool IsProvenInPlace()
    {
        try
        {
            return Proven?.Is(volume.Read(paths.Certificate), volume.Read(paths.Key)) == true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
