using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Jose;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Authority;

/// <summary>A token that a leaf's key signed, instead of a client certificate; checked in step-ca's order.</summary>
internal static class RenewToken
{
    private const string Invalid = "error validating renew token";

    /// <summary>Checks a token and marks it as used; returns its leaf.</summary>
    public static X509Certificate2 Accept(CaState state, string text)
    {
        var token = Jwt.TryParse(text) ?? throw ApiError.Unauthorized(Invalid);
        var leaf = LeafOf(state, token) ?? throw ApiError.Unauthorized(Invalid);
        if (!IsSignedBy(token, leaf))
            throw new ApiError(500, Invalid);
        var provisioner = state.ProvisionerOf(leaf) ?? throw ApiError.Unauthorized();
        if (!state.Use(Jwt.Text(token.Claims, "jti") ?? text))
            throw ApiError.Unauthorized();
        if (Jwt.Text(token.Claims, "sub") != leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false))
            throw ApiError.Unauthorized($"{Invalid}: invalid subject claim (sub)");
        if (TokenTimes.Problem(token.Claims, state.Now) is { } problem)
            throw ApiError.Unauthorized($"{Invalid}: {problem}");
        if (!Audience.Matches(token.Claims, "renew", state.Options.DnsNames))
            throw new ApiError(500, $"{Invalid}: invalid audience claim (aud)");
        var issuer = Jwt.Text(token.Claims, "iss");
        return issuer == "step-ca-client/1.0" || issuer == provisioner.Name
            ? leaf
            : throw new AdminError(401, "unauthorized", $"{Invalid}: invalid issuer claim (iss)");
    }

    /// <summary>The leaf in the header, if its whole chain is there and leads to the root.</summary>
    private static X509Certificate2? LeafOf(CaState state, Jwt token)
    {
        try
        {
            if (token.Header["x5cInsecure"] is not JsonArray { Count: > 0 } encoded)
                return null;
            X509Certificate2[] sent = [.. encoded.Select(der => X509CertificateLoader.LoadCertificate(Convert.FromBase64String((string)der!)))];
            // The provisioner decides about an expired leaf.
            DateTimeOffset at = sent[0].NotAfter.ToUniversalTime().AddMinutes(-1);
            // Go's default usage is serverAuth; 0.26.2 and later require clientAuth.
            var usage = state.IsNewer ? LeafExtensions.ClientAuth : LeafExtensions.ServerAuth;
            return ChainVerifier.Check(sent[0], sent[1..], state.Ca.Roots, at, usage) is null && MaySign(sent[0]) ? sent[0] : null;
        }
        catch (Exception e) when (e is FormatException or CryptographicException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool MaySign(X509Certificate2 leaf) =>
        leaf.Extensions.OfType<X509KeyUsageExtension>().Any(usage => usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature));

    private static bool IsSignedBy(Jwt token, X509Certificate2 leaf)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)leaf.GetECDsaPublicKey() ?? leaf.GetRSAPublicKey();
        return key is not null && token.IsSignedBy(key);
    }
}
