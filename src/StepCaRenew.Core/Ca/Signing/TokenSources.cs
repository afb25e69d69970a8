using StepCaRenew.Ca.Tokens;

namespace StepCaRenew.Ca.Signing;

/// <summary>Gives the one-time tokens of a request for a first certificate.</summary>
internal interface ITokenSource
{
    /// <summary>Whether each call gives a new token: then a request whose answer was lost can be sent again.</summary>
    bool MakesNewTokens { get; }

    /// <summary>The token for one attempt.</summary>
    /// <param name="request">The signing request in DER.</param>
    /// <param name="now">The current time.</param>
    OneTimeToken Next(byte[] request, DateTimeOffset now);
}

/// <summary>The token that the user gave, the same for each attempt.</summary>
internal sealed class GivenToken(OneTimeToken token) : ITokenSource
{
    /// <inheritdoc/>
    public bool MakesNewTokens => false;

    /// <inheritdoc/>
    public OneTimeToken Next(byte[] request, DateTimeOffset now) => token;
}

/// <summary>Tokens made with a provisioner's key: a new one for each attempt, good for its signing request alone.</summary>
/// <param name="maker">Makes them.</param>
/// <param name="wanted">The certificate; its names are those of the token.</param>
internal sealed class OwnTokens(ProvisionerTokens maker, SigningRequest wanted) : ITokenSource
{
    /// <inheritdoc/>
    public bool MakesNewTokens => true;

    /// <inheritdoc/>
    public OneTimeToken Next(byte[] request, DateTimeOffset now) =>
        OneTimeToken.Parse(maker.ForCertificate(wanted.Subject!, wanted.Names!.Texts, now, ProvisionerTokens.DefaultLifetime, request), isMadeHere: true);
}
