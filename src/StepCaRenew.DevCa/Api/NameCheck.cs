using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Api;

/// <summary>
/// Checks the names and the key of a signing request, in step-ca's order: the names must be those of the token; missing names
/// are added.
/// </summary>
internal static class NameCheck
{
    private const int SmallestRsaKey = 2048;

    public static void Check(CertificateRequest request, OneTimeToken token, bool isNewer)
    {
        // From 0.25.1 on each name of the token may be the common name.
        string[] allowed = isNewer ? [token.Subject, .. token.Sans] : [token.Subject];
        if (CommonName(request) is { Length: > 0 } name && !allowed.Contains(name))
        {
            var want = isNewer ? $"[{string.Join(' ', allowed)}]" : token.Subject;
            throw ApiError.Forbidden($"certificate request does not contain the valid common name - got {name}, want {want}");
        }

        using (var rsa = request.PublicKey.GetRSAPublicKey())
        {
            if (rsa?.KeySize < SmallestRsaKey)
                throw ApiError.Forbidden($"certificate request RSA key must be at least {SmallestRsaKey} bits ({SmallestRsaKey / 8} bytes)");
        }

        var names = request.CertificateExtensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        CheckNames("DNS names", names?.EnumerateDnsNames(), token.Sans.Where(s => !IsAddress(s) && !IsUri(s) && !IsMail(s)));
        CheckNames("email addresses", Texts(names, 1), token.Sans.Where(s => !IsAddress(s) && !IsUri(s) && IsMail(s)));
        CheckNames("IP addresses", names?.EnumerateIPAddresses().Select(a => a.ToString()), token.Sans.Where(IsAddress));
        CheckNames("URIs", Texts(names, 6), token.Sans.Where(s => !IsAddress(s) && IsUri(s)));
    }

    private static bool IsAddress(string name) => IPAddress.TryParse(name, out _);

    private static bool IsUri(string name) => name.Contains(':', StringComparison.Ordinal);

    private static bool IsMail(string name) => name.Contains('@', StringComparison.Ordinal);

    private static void CheckNames(string kind, IEnumerable<string>? got, IEnumerable<string> want)
    {
        if (got?.ToList() is { Count: > 0 } asked && !asked.ToHashSet().SetEquals(want))
            throw ApiError.Forbidden($"certificate request does not contain the valid {kind} - got [{string.Join(' ', asked)}], want [{string.Join(' ', want)}]");
    }

    // .NET enumerates only host names and addresses.
    private static List<string> Texts(X509SubjectAlternativeNameExtension? names, int kind)
    {
        List<string> texts = [];
        for (var sequence = names is null ? null : new AsnReader(names.RawData, AsnEncodingRules.DER).ReadSequence(); sequence is { HasData: true };)
        {
            var tag = sequence.PeekTag();
            if (tag.TagValue == kind)
                texts.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            else
                sequence.ReadEncodedValue();
        }
        return texts;
    }

    private static string? CommonName(CertificateRequest request) => request.SubjectName.EnumerateRelativeDistinguishedNames()
        .FirstOrDefault(part => part.GetSingleElementType().Value == "2.5.4.3")?.GetSingleElementValue();
}
