using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Policy;

namespace StepCaRenew.Ca.Tokens;

/// <summary>Makes the one-time tokens of a JWK provisioner, with the claims of <c>step ca token</c>.</summary>
/// <param name="key">The provisioner's key; this object disposes it.</param>
/// <param name="ca">The CA; its address is the token's audience.</param>
/// <param name="rootFingerprint">The fingerprint of the first certificate in the root file, so that the token brings the trust.</param>
internal sealed class ProvisionerTokens(ProvisionerKey key, CaSettings ca, string rootFingerprint) : IDisposable
{
    /// <summary>The time that a token is valid by default.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);

    // Those of step.
    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(1);

    /// <summary>Gets the key of a provisioner from the CA and decrypts it.</summary>
    /// <param name="ca">The CA.</param>
    /// <param name="name">The provisioner's name; null for the only JWK provisioner.</param>
    /// <param name="password">Its password.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="RenewalException">The CA cannot be reached, has no such provisioner, or the password is wrong.</exception>
    public static async Task<ProvisionerTokens> OpenAsync(
        TrustedCa ca, string? name, KeyPassword password, TimeProvider clock, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var client = new CaClient(ca.Settings, ca.Roots, clock, environment);
        client.RequireUsableProxy();
        var all = await client.GetProvisionersAsync(cancellationToken).ConfigureAwait(false);
        var found = ProvisionerChoice.Choose(all, name, ca.Settings.Url.Authority);
        return new ProvisionerTokens(ProvisionerKey.Decrypt(found, password), ca.Settings, ca.Roots.Fingerprint);
    }

    /// <summary>The same for the configured CA.</summary>
    /// <inheritdoc cref="OpenAsync(TrustedCa, string?, KeyPassword, TimeProvider, Func{string, string?}, CancellationToken)"/>
    /// <param name="options">The options of the call.</param>
    public static async Task<ProvisionerTokens> OpenAsync(
        CaOptions options, string? name, KeyPassword password, TimeProvider clock, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var settings = CaSettingsResolver.Resolve(options, environment);
        using var ca = new TrustedCa(settings, TrustedRoots.Load(settings));
        return await OpenAsync(ca, name, password, clock, environment, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The provisioner's name.</summary>
    public string Provisioner => key.Provisioner;

    /// <summary>The CA's address.</summary>
    public string Address => ca.Address;

    /// <summary>Reads how long a token is valid.</summary>
    /// <exception cref="RenewalException">It is not a duration between 10 seconds and an hour (<see cref="ErrorId.InvalidDuration"/>).</exception>
    public static TimeSpan ParseLifetime(string text) => Duration.Parse(text) is var lifetime && lifetime >= ShortestLifetime && lifetime <= LongestLifetime
        ? lifetime
        : throw new RenewalException(ErrorId.InvalidDuration, $"A token cannot be valid for '{text}'.", "Give a duration from 10s to 1h, such as 15m.");

    /// <summary>A token for one certificate. It is secret.</summary>
    /// <param name="subject">The common name.</param>
    /// <param name="names">The alternative names.</param>
    /// <param name="now">The current time.</param>
    /// <param name="lifetime">How long it is valid.</param>
    /// <param name="request">The DER of the only signing request that it is good for; null for any with these names.</param>
    public string ForCertificate(string subject, IReadOnlyList<string> names, DateTimeOffset now, TimeSpan lifetime, byte[]? request = null) => Create(
        "sign", subject, now, lifetime, claims =>
        {
            claims.WriteStartArray("sans");
            foreach (var name in names)
                claims.WriteStringValue(name);
            claims.WriteEndArray();
            if (request is null)
                return;
            // A thief could not use the token for a key of his own. A CA before 0.27.3 ignores the claim.
            claims.WriteStartObject("cnf");
            claims.WriteString("x5rt#S256", Base64Url.Encode(SHA256.HashData(request)));
            claims.WriteEndObject();
        });

    /// <summary>A token to revoke one certificate. It is secret.</summary>
    /// <param name="serialNumber">The serial number, decimal.</param>
    /// <param name="now">The current time.</param>
    public string ForRevocation(string serialNumber, DateTimeOffset now) => Create("revoke", serialNumber, now, DefaultLifetime, _ => { });

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    private string Create(string operation, string subject, DateTimeOffset now, TimeSpan lifetime, Action<Utf8JsonWriter> others) => JsonWebToken.Sign(
        key.Key,
        header =>
        {
            header.WriteString("kid", key.Id);
            header.WriteString("typ", "JWT");
        },
        claims =>
        {
            claims.WriteString("aud", string.Create(CultureInfo.InvariantCulture, $"{ca.Address}/1.0/{operation}"));
            claims.WriteString("iss", key.Provisioner);
            claims.WriteString("sub", subject);
            others(claims);
            claims.WriteString("sha", rootFingerprint);
            claims.WriteString("jti", Convert.ToHexString(RandomNumberGenerator.GetBytes(32)).ToLowerInvariant());
            claims.WriteNumber("iat", now.ToUnixTimeSeconds());
            claims.WriteNumber("nbf", now.ToUnixTimeSeconds());
            claims.WriteNumber("exp", now.ToUnixTimeSeconds() + (long)lifetime.TotalSeconds);
        });
}
