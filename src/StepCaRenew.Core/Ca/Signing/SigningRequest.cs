using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Text;

namespace StepCaRenew.Ca.Signing;

/// <summary>
/// The certificate that a user requests. The CA uses up a token that it refuses, so that everything is checked before anything
/// is sent.
/// </summary>
internal sealed record SigningRequest
{
    private const int SmallestRsaKey = 2048; // That of step-ca.

    /// <summary>The common name; null for the one that the token has.</summary>
    public string? Subject { get; private init; }

    /// <summary>The alternative names; null for those that the token has.</summary>
    public RequestedNames? Names { get; private init; }

    /// <summary>The algorithm of the new key, one of <see cref="KeyAlgorithms.Names"/>.</summary>
    public string KeyAlgorithm => RequestedKeyAlgorithm ?? "EC-P256";

    /// <summary>The algorithm that the user gave; null for the default.</summary>
    public string? RequestedKeyAlgorithm { get; private init; }

    /// <summary>The names that the certificate must have; null if the CA decides.</summary>
    public SubjectAlternativeNames? BindingNames => AreNamesBinding ? Names?.Names : null;

    /// <summary>The beginning of the validity; null for now.</summary>
    public RequestedTime? NotBefore { get; private init; }

    /// <summary>The end of the validity; null for that of the CA.</summary>
    public RequestedTime? NotAfter { get; private init; }

    // Whether the CA puts exactly these names into the certificate. It does not for some types of provisioners.
    private bool AreNamesBinding { get; init; } = true;

    /// <summary>Reads what the user wrote.</summary>
    /// <param name="subject">The common name; null for that of the token.</param>
    /// <param name="names">The alternative names; empty for those of the token, or for the subject alone.</param>
    /// <param name="keyAlgorithm">One of <see cref="KeyAlgorithms.Names"/>; null for the default.</param>
    /// <param name="notBefore">A duration from now or a date; null for now.</param>
    /// <param name="notAfter">A duration from the beginning or a date; null for that of the CA.</param>
    /// <param name="clock">The clock, and the local time zone.</param>
    /// <exception cref="RenewalException">A name or a time is not valid.</exception>
    public static SigningRequest Create(
        string? subject, IReadOnlyList<string> names, string? keyAlgorithm, string? notBefore, string? notAfter, TimeProvider clock)
    {
        var request = new SigningRequest
        {
            Subject = subject is null ? null : RequestedNames.ParseSubject(subject),
            Names = names.Count == 0 ? null : RequestedNames.Parse(names),
            NotBefore = notBefore is null ? null : RequestedTime.Parse(notBefore, clock),
            NotAfter = notAfter is null ? null : RequestedTime.Parse(notAfter, clock),
        };
        RequestedTime.RequireOrder(request.NotBefore, request.NotAfter, clock.GetUtcNow());
        return request with { RequestedKeyAlgorithm = keyAlgorithm };
    }

    /// <summary>The request with the names of the certificate that a provisioner's token will be for: without alternative names, the subject.</summary>
    /// <exception cref="RenewalException">There is no subject (<see cref="ErrorId.CertificateNameInvalid"/>).</exception>
    public SigningRequest WithOwnNames() => Subject is null
        ? throw new RenewalException(ErrorId.CertificateNameInvalid, "No subject was given for the certificate.", "Give its common name with -Subject.")
        : this with { Names = Names ?? RequestedNames.Parse([Subject]) };

    /// <summary>The request with the names of a token that was given.</summary>
    /// <exception cref="RenewalException">The token is for other names (<see cref="ErrorId.TokenNamesDiffer"/>), or not for a certificate (<see cref="ErrorId.TokenInvalid"/>).</exception>
    public SigningRequest WithNamesOf(OneTimeToken token)
    {
        if (token.Operation is not (null or "sign"))
            throw new RenewalException(
                ErrorId.TokenInvalid, $"The token is for /{token.Operation}, not for a certificate (/sign). It was not sent.", "Make a token with New-StepToken or 'step ca token'.");
        // The CA decides by its own rules, for example from the mail address of an OIDC token.
        if (token.Names is not { } promised)
            return this with { Names = Names ?? (Subject is null ? null : RequestedNames.Parse([Subject])), AreNamesBinding = Names is not null };
        var names = RequestedNames.FromToken(promised);
        if (Subject is not null && token.Subject is not null && Subject != token.Subject)
            throw NamesDiffer($"the subject '{Subject}' instead of '{PlainText.Excerpt(token.Subject)}'");
        if (Names?.DescribeDifference(names) is { } difference)
            throw NamesDiffer(difference);
        return this with { Subject = token.Subject ?? Subject, Names = names };
    }

    /// <summary>Requires that the CA will accept a key.</summary>
    /// <exception cref="RenewalException">It is too small (<see cref="ErrorId.KeyUnsupported"/>).</exception>
    public static void RequireKey(PrivateKey key)
    {
        if (key.Algorithm.StartsWith("RSA ", StringComparison.Ordinal) && key.Size < SmallestRsaKey)
            throw new RenewalException(
                ErrorId.KeyUnsupported, $"The CA does not issue a certificate for this key: {key.Algorithm} is smaller than {SmallestRsaKey} bits. It was not asked.",
                "Use a new key, or one of EC or of RSA with at least 2048 bits.");
    }

    /// <summary>The signing request (RFC 2986) in DER.</summary>
    public byte[] Encode(PrivateKey key) =>
        Names is null ? key.CreateSigningRequest(EncodeSubject()) : key.CreateSigningRequest(EncodeSubject(), Names.Names.ToExtension());

    /// <summary>The requirements for the certificate.</summary>
    public Expectation Expect(PrivateKey key) => new()
    {
        Key = key,
        CommonName = Subject,
        Names = BindingNames,
        Begin = NotBefore,
    };

    private static RenewalException NamesDiffer(string difference) => new(
        ErrorId.TokenNamesDiffer, $"The token is for other names than those requested: {difference}. It was not sent, so it can still be used.",
        "Leave out -Subject and -San to use the names of the token, or make a token for the names that you want. Upper and lower case matter.");

    // CN as UTF8String. .NET's builder refuses long names, which the CA accepts.
    private X500DistinguishedName EncodeSubject()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (Subject is not null)
            {
                using (writer.PushSetOf())
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("2.5.4.3");
                    writer.WriteCharacterString(UniversalTagNumber.UTF8String, Subject);
                }
            }
        }

        return new X500DistinguishedName(writer.Encode());
    }
}
