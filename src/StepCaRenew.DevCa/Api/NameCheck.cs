using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Api;

/// <summary>Checks the names of a signing request: they must be those of the token; missing names are added.</summary>
internal static class NameCheck
{
    public static void Check(CertificateRequest request, OneTimeToken token, bool isNewer)
    {
        // From 0.25.1 on each name of the token may be the common name.
        string[] allowed = isNewer ? [token.Subject, .. token.Sans] : [token.Subject];
        if (CommonName(request) is { Length: > 0 } name && !allowed.Contains(name))
        {
            var want = isNewer ? $"[{string.Join(' ', allowed)}]" : token.Subject;
            throw ApiError.Forbidden($"certificate request does not contain the valid common name - got {name}, want {want}");
        }
        var names = request.CertificateExtensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        CheckNames("DNS names", names?.EnumerateDnsNames(), token.Sans.Where(s => !System.Net.IPAddress.TryParse(s, out _) && !s.Contains('@', StringComparison.Ordinal) && !s.Contains(':', StringComparison.Ordinal)));
        CheckNames("IP addresses", names?.EnumerateIPAddresses().Select(a => a.ToString()), token.Sans.Where(s => System.Net.IPAddress.TryParse(s, out _)));
    }

    private static void CheckNames(string kind, IEnumerable<string>? got, IEnumerable<string> want)
    {
        if (got?.ToList() is { Count: > 0 } asked && !asked.ToHashSet().SetEquals(want))
            throw ApiError.Forbidden($"certificate request does not contain the valid {kind} - got [{string.Join(' ', asked)}], want [{string.Join(' ', want)}]");
    }

    private static string? CommonName(CertificateRequest request) => request.SubjectName.EnumerateRelativeDistinguishedNames()
        .FirstOrDefault(part => part.GetSingleElementType().Value == "2.5.4.3")?.GetSingleElementValue();
}
