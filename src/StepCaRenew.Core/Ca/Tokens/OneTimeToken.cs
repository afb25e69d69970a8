using System.Text.Json;
using System.Text.RegularExpressions;
using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Ca.Tokens;

/// <summary>
/// A token that was given: of a JWK provisioner, or of any other type. Its claims are read if they are present; none is
/// required, and the signature is not verified. It prints as stars.
/// </summary>
internal sealed partial class OneTimeToken
{
    private const int LongestText = 64 * 1024; // A token with a chain of certificates has a few thousand characters.
    private const int MostNames = 1000;

    private OneTimeToken(string text)
    {
        Text = text;
        if (text.Length > LongestText)
            throw new FormatException("it is too long");
        if (text.Split('.') is not [var header, var payload, { Length: > 0 }])
            throw new FormatException("it does not have three parts");
        JoseObject.Decode(header, "header");
        var claims = JoseObject.Decode(payload, "list of claims");
        if (Audiences(claims).Select(one => CaPath().Match(one)).FirstOrDefault(match => match.Success) is { } audience)
        {
            Ca = ReadAddress(audience.Groups["authority"].Value);
            Operation = audience.Groups["operation"].Value;
            IsOfJwkProvisioner = !audience.Groups["other"].Success;
        }

        RootFingerprint = claims.Text("sha")?.ToLowerInvariant();
        if (RootFingerprint is { } fingerprint && !(fingerprint.Length == 64 && fingerprint.All(char.IsAsciiHexDigit)))
            throw new FormatException("'sha' is not a fingerprint");
        Subject = claims.Text("sub");
        Issuer = claims.Text("iss");
        AlternativeNames = claims.Find("sans") is { } names ? Texts(names, "sans") : null;
        (IssuedAt, Expires) = (claims.Time("iat"), claims.Time("exp"));
    }

    /// <summary>The token itself; do not store or print it.</summary>
    internal string Text { get; }

    /// <summary>The address of the step-ca that the token is for; null if its audience is not an https address of a step-ca.</summary>
    public CaAddress? Ca { get; }

    /// <summary>The request that the token is for: <c>sign</c>, <c>revoke</c>; null if the audience does not say it.</summary>
    public string? Operation { get; }

    /// <summary>The fingerprint of the CA's root, in lower case; null if it is missing.</summary>
    public string? RootFingerprint { get; }

    /// <summary>The subject, a common name or a serial number; null if it is missing.</summary>
    public string? Subject { get; }

    /// <summary>The issuer: for a JWK provisioner, its name; null if it is missing.</summary>
    public string? Issuer { get; }

    /// <summary>When it was made; null if it is missing.</summary>
    public DateTimeOffset? IssuedAt { get; }

    /// <summary>When it expires; null if it is missing.</summary>
    public DateTimeOffset? Expires { get; }

    /// <summary>
    /// The names that the CA will put into the certificate: those of the claim <c>sans</c>; without it, for a JWK provisioner,
    /// the subject. Null if the CA decides by other rules.
    /// </summary>
    public IReadOnlyList<string>? Names =>
        AlternativeNames is { Count: > 0 } ? AlternativeNames : IsOfJwkProvisioner && Subject is { Length: > 0 } ? [Subject] : null;

    private IReadOnlyList<string>? AlternativeNames { get; }

    // Other types have their name in the fragment: #x5c/NAME.
    private bool IsOfJwkProvisioner { get; }

    /// <summary>Whether this process made it, so that the next attempt has another one; otherwise a user gave it.</summary>
    public bool IsMadeHere { get; private init; }

    /// <summary>Reads a token; white space around it is ignored.</summary>
    /// <exception cref="RenewalException">It is not a JSON Web Token (<see cref="ErrorId.TokenInvalid"/>). The message does not quote it.</exception>
    public static OneTimeToken Parse(string text, bool isMadeHere = false)
    {
        try
        {
            return new OneTimeToken(text.Trim()) { IsMadeHere = isMadeHere };
        }
        catch (FormatException e)
        {
            throw new RenewalException(
                ErrorId.TokenInvalid, $"The token is not a JSON Web Token that can be read: {e.Message}.",
                "Give the token exactly as New-StepToken or 'step ca token' made it, without anything before or after it.", e);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => "********";

    private static string[] Audiences(JoseObject claims) => claims.Find("aud") is not { } value ? []
        : value.ValueKind == JsonValueKind.String ? [JoseObject.Text(value, "aud")]
        : Texts(value, "aud");

    private static string[] Texts(JsonElement value, string name) =>
        value.ValueKind != JsonValueKind.Array ? throw new FormatException($"'{name}' is not a list")
        : value.GetArrayLength() > MostNames ? throw new FormatException($"'{name}' has more than {MostNames} entries")
        : [.. value.EnumerateArray().Select(one => JoseObject.Text(one, name))];

    private static CaAddress ReadAddress(string authority)
    {
        try
        {
            return CaAddress.Parse(authority);
        }
        catch (RenewalException e)
        {
            throw new FormatException("'aud' is not the address of a CA", e);
        }
    }

    // Only paths of a step-ca: tokens of other issuers have other URLs as their audience. The part after '#' is the name of a
    // provisioner that is not of the type JWK.
    [GeneratedRegex(@"^https://(?<authority>[^/?#\\@\s]+)(?:/1\.0)?/(?<operation>sign|revoke|renew|rekey|ssh/[a-z]+)(?<other>#.*)?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CaPath();
}
