using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;
using StepCaRenew.Pairs;

namespace StepCaRenew.Certificates;

/// <summary>Loads a pair fresh from disk and demands that it matches, with patience for a deployment that is under way.</summary>
/// <param name="clock">The clock.</param>
/// <param name="logger">Told of waits.</param>
internal sealed class MatchingPairLoader(TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Loads the pair.</summary>
    /// <param name="request">Which pair.</param>
    /// <param name="seen">What a glance saw of it, to be taken where it is still so; null to load everything.</param>
    /// <param name="onLoaded">Told of what lies there, matching or not, for the report.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RenewalException">A file can't be read, or the two don't belong together.</exception>
    public async Task<CertificatePair> LoadAsync(RenewalRequest request, PairGlance? seen, Action<PairFacts> onLoaded, CancellationToken cancellationToken)
    {
        var (certificatePath, keyPath, password) = (request.CertificatePath, request.KeyPath, request.KeyPassword);
        for (var start = clock.GetTimestamp(); ;)
        {
            if ((seen?.TryTakePair() ?? TryLoad(certificatePath, keyPath, password, start)) is not { } pair)
            {
                await WaitAsync(certificatePath, cancellationToken).ConfigureAwait(false);
                continue;
            }

            onLoaded(PairFacts.Of(pair));
            if (pair.Matches)
                return pair;
            using (pair)
            {
                if (!IsYoung(pair) || clock.GetElapsedTime(start) >= Patience)
                    throw KeyMismatch.Describe(pair.Certificate, pair.KeyFile);
            }

            await WaitAsync(certificatePath, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task WaitAsync(string certificatePath, CancellationToken cancellationToken)
    {
        RenewalLog.DeploymentAwaited(logger, certificatePath);
        return Task.Delay(Pause, clock, cancellationToken);
    }

    // Who copies over a file empties it first: half a file that is a moment old is somebody's work.
    private CertificatePair? TryLoad(string certificatePath, string? keyPath, KeyPassword? password, long start)
    {
        try
        {
            return CertificatePair.Load(certificatePath, keyPath, password);
        }
        catch (RenewalException e) when (e.ErrorId is ErrorId.FileEmpty or ErrorId.FileUnreadable or ErrorId.CertificateInvalid or ErrorId.KeyInvalid
            && clock.GetElapsedTime(start) < Patience && (IsYoung(certificatePath) || (keyPath is not null && IsYoung(keyPath))))
        {
            return null;
        }
    }

    // Somebody writes certificate and key one after the other.
    private bool IsYoung(CertificatePair pair) => IsYoung(pair.Certificate.Document.File) || IsYoung(pair.KeyFile.Document.File);

    private bool IsYoung(string path) => File.Exists(path) && (clock.GetUtcNow() - File.GetLastWriteTimeUtc(path)).Duration() < Young;

    private bool IsYoung(InputFile file) => (clock.GetUtcNow() - file.LastWriteTime).Duration() < Young;
}
