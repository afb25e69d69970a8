using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Ca.Signing;

/// <summary>
/// Finds the CA of a request for a first certificate. A token that was given must be for the configured CA; if none is
/// configured, the token brings its address and the fingerprint of its root.
/// </summary>
/// <param name="environment">Reads environment variables.</param>
/// <param name="download">Gets the root with a fingerprint from a CA that is not trusted yet.</param>
internal sealed class CaFinder(Func<string, string?> environment, Func<CaAddress, string, CancellationToken, Task<TrustedRoots>> download)
{
    /// <summary>Finds the CA and its roots.</summary>
    /// <param name="options">The options of the call.</param>
    /// <param name="token">The token that was given; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the download.</param>
    /// <exception cref="RenewalException">No CA is configured or its root is missing, and the token does not bring them; or the token is for another CA (<see cref="ErrorId.TokenForAnotherCa"/>).</exception>
    public async Task<TrustedCa> FindAsync(CaOptions options, OneTimeToken? token, CancellationToken cancellationToken)
    {
        var settings = Resolve(options, token);
        if (token?.Ca is { } address && !string.Equals(address.Url.IdnHost, settings.Url.IdnHost, StringComparison.OrdinalIgnoreCase))
            throw ForAnotherCa($"it is for the CA at {address.Url.Authority}, and {settings.Url.Authority} is configured");
        if (token?.RootFingerprint is { } wanted && settings.Fingerprint is { } configured && wanted != configured)
            throw ForAnotherRoot(wanted, configured);
        var roots = Load(settings, options, token) ?? await download(new CaAddress(settings.Url, settings.Host), token!.RootFingerprint!, cancellationToken).ConfigureAwait(false);
        if (token?.RootFingerprint is { } fingerprint && !roots.Has(fingerprint))
        {
            using (roots)
                throw ForAnotherRoot(fingerprint, roots.Fingerprint);
        }

        return new TrustedCa(settings, roots);
    }

    private CaSettings Resolve(CaOptions options, OneTimeToken? token)
    {
        try
        {
            return CaSettingsResolver.Resolve(options, environment);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.CaUrlMissing && token?.Ca is not null)
        {
            return CaSettingsResolver.Resolve(options with { CaUrl = token.Ca.Text }, environment);
        }
    }

    // Null if there is no root, and the token brings its fingerprint.
    private static TrustedRoots? Load(CaSettings settings, CaOptions options, OneTimeToken? token)
    {
        try
        {
            return TrustedRoots.Load(settings);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.RootMissing && options.RootPath is null && token?.RootFingerprint is not null)
        {
            return null;
        }
    }

    private static RenewalException ForAnotherRoot(string wanted, string present) =>
        ForAnotherCa($"it is for a CA with the root certificate {wanted[..8]}…, and the root of the configured CA is {present[..Math.Min(8, present.Length)]}…");

    private static RenewalException ForAnotherCa(string why) => new(
        ErrorId.TokenForAnotherCa, $"The token is not for this CA: {why}. It was not sent, so it can still be used.",
        "Make a token for this CA, or give the CA of the token with -CaUrl and -Root, or with -Context.");
}
