using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates;
using StepCaRenew.Text;

namespace StepCaRenew.Ca.Signing;

/// <summary>The revocation of a serial number by a one-time token.</summary>
/// <param name="finder">Finds the CA.</param>
/// <param name="clock">The clock.</param>
/// <param name="environment">Reads environment variables.</param>
internal sealed class TokenRevocation(CaFinder finder, TimeProvider clock, Func<string, string?> environment)
{
    /// <summary>Revokes a certificate. This cannot be undone.</summary>
    /// <param name="revocation">The serial number and the reason, without a token.</param>
    /// <param name="credential">A token, or the password of a provisioner.</param>
    /// <param name="options">The CA.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="RenewalException">The CA cannot be found or reached, or refuses; or the token is for another request.</exception>
    public async Task RunAsync(RevokeRequest revocation, Credential credential, CaOptions options, CancellationToken cancellationToken)
    {
        var given = (credential as Credential.Token)?.Given;
        if (given is not null)
            RequireFor(revocation.SerialNumber, given);
        using var ca = await finder.FindAsync(options, given, cancellationToken).ConfigureAwait(false);
        var client = new CaClient(ca.Settings, ca.Roots, clock, environment);
        client.RequireUsableProxy();
        var token = given?.Text;
        if (credential is Credential.Provisioner provisioner)
        {
            using var tokens = await ProvisionerTokens.OpenAsync(ca, provisioner.Name, provisioner.Password, clock, environment, cancellationToken).ConfigureAwait(false);
            token = tokens.ForRevocation(revocation.SerialNumber, clock.GetUtcNow());
        }

        await client.RevokeAsync(revocation with { Token = token }, client: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Requires that a token is for revoking this serial number. Before 0.29, a step-ca revokes every other one with it as well.</summary>
    /// <exception cref="RenewalException">It is for another request (<see cref="ErrorId.TokenInvalid"/>), or another serial number (<see cref="ErrorId.SerialNumberDiffers"/>).</exception>
    internal static void RequireFor(string serialNumber, OneTimeToken token)
    {
        const string remedy = "Make a token with 'step ca token --revoke' and this serial number, or give -ProvisionerPasswordFile.";
        if (token.Operation is { } operation && !operation.Equals("revoke", StringComparison.OrdinalIgnoreCase))
            throw new RenewalException(ErrorId.TokenInvalid, $"The token is for the request '{operation}', not for revoking. It was not sent, so it can still be used.", remedy);
        // Tokens of other issuers name a user instead.
        if (token.Operation is not null && !IsSerialNumber(token.Subject, serialNumber))
            throw new RenewalException(
                ErrorId.SerialNumberDiffers, $"The token is for the serial number {PlainText.Excerpt(token.Subject ?? "(none)")}, not for {serialNumber}. It was not sent, so it can still be used.", remedy);
    }

    private static bool IsSerialNumber(string? subject, string serialNumber)
    {
        try
        {
            return subject is not null && SerialNumber.Parse(subject) == serialNumber;
        }
        catch (RenewalException)
        {
            return false;
        }
    }
}
