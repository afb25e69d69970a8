namespace StepCaRenew.Ca;

/// <summary>How a certificate authenticates a request to the CA.</summary>
internal enum RequestWay
{
    /// <summary>By mTLS, with the leaf and its issuers.</summary>
    WithChain,

    /// <summary>By mTLS, with only the leaf: enough while the CA still has the intermediate that issued it.</summary>
    LeafAlone,

    /// <summary>By a token, which contains the chain.</summary>
    Token,
}

/// <summary>The ways to ask the CA; the next one is used if it refuses the certificate. Pure.</summary>
internal static class RequestPlan
{
    /// <summary>The ways, the first one first.</summary>
    /// <param name="request">The request.</param>
    /// <param name="isWindows">Whether .NET stores issuers in the machine's CA store in order to send them, which a renewal must not do unasked.</param>
    /// <param name="keepsKeys">Whether TLS can use the key; if not, a token is the first way.</param>
    public static IReadOnlyList<RequestWay> Create(CaRequest request, bool isWindows, bool keepsKeys)
    {
        var isRekey = request is CaRequest.Rekey;
        return request is CaRequest.RenewByToken ? [RequestWay.Token]
            : request.Present.ReadableChain.Count == 0 ? [RequestWay.LeafAlone]
            : !keepsKeys && !isRekey ? [RequestWay.Token]
            : !isWindows ? [RequestWay.WithChain]
            : isRekey ? [RequestWay.LeafAlone, RequestWay.WithChain]
            : [RequestWay.LeafAlone, RequestWay.Token];
    }
}
