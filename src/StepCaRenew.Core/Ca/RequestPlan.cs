namespace StepCaRenew.Ca;

/// <summary>How a certificate authenticates itself at the CA.</summary>
internal enum RequestWay
{
    /// <summary>By TLS, with the leaf and its issuers.</summary>
    WithChain,

    /// <summary>By TLS, with the leaf alone: enough as long as the CA still has the intermediate that issued it.</summary>
    LeafAlone,

    /// <summary>By a token, which carries the chain.</summary>
    Token,
}

/// <summary>The ways in which the CA is asked, one after the other, as long as it refuses the certificate. Pure.</summary>
internal static class RequestPlan
{
    /// <summary>The ways, the first one first.</summary>
    /// <param name="isWindows">
    /// Whether .NET puts issuers into the machine's CA store in order to send them, which a renewal must not do unasked.
    /// </param>
    /// <param name="keepsKeys">Whether TLS can use the key; if it cannot, a token is the first way.</param>
    /// <param name="byToken">Whether the certificate has expired, or a token was asked for.</param>
    /// <param name="isRekey">Whether a new key is wanted; the CA gives one by TLS only.</param>
    /// <param name="hasChain">Whether the certificate file holds issuers.</param>
    public static IReadOnlyList<RequestWay> Of(bool isWindows, bool keepsKeys, bool byToken, bool isRekey, bool hasChain) =>
        byToken ? [RequestWay.Token]
        : !hasChain ? [RequestWay.LeafAlone]
        : !keepsKeys && !isRekey ? [RequestWay.Token]
        : !isWindows ? [RequestWay.WithChain]
        : isRekey ? [RequestWay.LeafAlone, RequestWay.WithChain]
        : [RequestWay.LeafAlone, RequestWay.Token];
}
