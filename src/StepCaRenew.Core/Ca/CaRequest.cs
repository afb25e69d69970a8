using StepCaRenew.Ca.Signing;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Ca;

/// <summary>A request to the CA.</summary>
internal abstract record CaRequest
{
    private const string RekeyByTls = "the CA accepts a new key by mTLS only.";

    /// <summary>The key of the new certificate.</summary>
    public abstract PrivateKey Key { get; }

    /// <summary>A request for another certificate, which the present one authenticates.</summary>
    /// <param name="Present">The present certificate with its key.</param>
    public abstract record ByCertificate(KeyedCertificate Present) : CaRequest
    {
        /// <inheritdoc/>
        public override PrivateKey Key => Present.Key;

        /// <summary>The request as it can be made at this moment: an expired certificate is renewed by a token.</summary>
        /// <exception cref="RenewalException">An expired certificate cannot get a new key (<see cref="ErrorId.RekeyNeedsTls"/>).</exception>
        public ByCertificate At(DateTimeOffset now) =>
            Present.Validity.NotAfter >= now ? this
            : this is Rekey ? throw RekeyNeedsTls($"The certificate has expired, and cannot get a new key: {RekeyByTls}")
            : new RenewByToken(Present);
    }

    /// <summary>A new certificate for the present key; by mTLS, unless the certificate has expired or TLS cannot use its key.</summary>
    public sealed record Renew(KeyedCertificate Present) : ByCertificate(Present);

    /// <summary>A new certificate for the present key, by a token.</summary>
    public sealed record RenewByToken(KeyedCertificate Present) : ByCertificate(Present);

    /// <summary>A new certificate with the same names for a new key.</summary>
    public sealed record Rekey(KeyedCertificate Present, PrivateKey NewKey) : ByCertificate(Present)
    {
        /// <inheritdoc/>
        public override PrivateKey Key => NewKey;
    }

    /// <summary>A first certificate, by a one-time token.</summary>
    /// <param name="Wanted">The names and the validity.</param>
    /// <param name="NewKey">Its key.</param>
    /// <param name="Tokens">Gives the token for each attempt.</param>
    public sealed record Sign(SigningRequest Wanted, PrivateKey NewKey, ITokenSource Tokens) : CaRequest
    {
        /// <inheritdoc/>
        public override PrivateKey Key => NewKey;
    }

    /// <summary>The request for the options of a renewal.</summary>
    /// <exception cref="RenewalException">A new key cannot be had by token (<see cref="ErrorId.RekeyNeedsTls"/>).</exception>
    public static ByCertificate Create(KeyedCertificate present, PrivateKey? newKey, bool useToken) =>
        newKey is null ? useToken ? new RenewByToken(present) : new Renew(present)
        : useToken ? throw RekeyNeedsTls($"-Rekey cannot be combined with -Transport Token or -UseToken: {RekeyByTls}")
        : new Rekey(present, newKey);

    private static RenewalException RekeyNeedsTls(string message) =>
        new(ErrorId.RekeyNeedsTls, message, "Renew without -Rekey first, or request a new one with Request-StepCertificate -Force.");
}

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
    /// <param name="startsByToken">Whether a token is tried first, since that is cheaper in a call over many certificates.</param>
    public static IReadOnlyList<RequestWay> Create(CaRequest.ByCertificate request, bool isWindows, bool keepsKeys, bool startsByToken = false)
    {
        var usual = Create(request, isWindows, keepsKeys);
        return startsByToken && usual is [not RequestWay.Token, ..] ? [RequestWay.Token, .. usual.Where(way => way != RequestWay.Token)] : usual;
    }

    private static IReadOnlyList<RequestWay> Create(CaRequest.ByCertificate request, bool isWindows, bool keepsKeys)
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
