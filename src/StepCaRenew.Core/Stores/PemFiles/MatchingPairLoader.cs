using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Renewal;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Loads a pair that matches; waits if another program is writing its files.</summary>
internal sealed class MatchingPairLoader(TimeProvider clock, ILogger logger)
{
    /// <summary>Loads the pair.</summary>
    /// <param name="request">Which pair.</param>
    /// <param name="seen">What a glance saw of it, to be taken where it is still so; null to load everything.</param>
    /// <param name="reader">Reads its files in the folders that the run has opened; null for a look that opens none.</param>
    /// <param name="onLoaded">Told of what lies there, matching or not, for the report.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="wasRead">Whether this run has read the pair before: then a missing file is waited for as well.</param>
    /// <exception cref="RenewalException">A file can't be read, or the two don't belong together.</exception>
    public async Task<CertificatePair> LoadAsync(
        RenewalRequest request, PairGlance? seen, PairReader? reader, Action<PairFacts> onLoaded, CancellationToken cancellationToken, bool wasRead = false)
    {
        for (var wait = new WriterWait(request, wasRead, clock, logger); ; await wait.PauseAsync(cancellationToken).ConfigureAwait(false))
        {
            if (((reader is null ? null : seen?.TryTakePair(reader)) ?? TryLoad(request, reader, wait)) is not { } pair)
                continue;
            onLoaded(PairFacts.Of(pair));
            if (pair.Matches)
                return pair;
            using (pair)
            {
                if (!wait.Explains(pair))
                    throw KeyMismatch.Describe(pair.Certificate, pair.KeyFile);
            }
        }
    }

    private static CertificatePair? TryLoad(RenewalRequest request, PairReader? reader, WriterWait wait)
    {
        try
        {
            return reader is null
                ? CertificatePair.Load(request.CertificatePath, request.KeyPath, request.KeyPassword)
                : CertificatePair.Load(request.CertificatePath, reader.KeyOf, request.KeyPassword, reader.Open);
        }
        catch (RenewalException e) when (wait.Explains(e))
        {
            return null;
        }
    }
}
