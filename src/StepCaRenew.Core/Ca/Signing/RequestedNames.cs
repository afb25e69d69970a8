using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using StepCaRenew.Certificates;
using StepCaRenew.Text;

namespace StepCaRenew.Ca.Signing;

/// <summary>
/// The names of a certificate that is requested, sorted into kinds as the CA does: an IP address, a URI with a scheme, a mail
/// address with "@", else a host name.
/// </summary>
internal sealed partial class RequestedNames
{
    private const int LongestName = 1000;

    private readonly List<string> dnsNames = [];
    private readonly List<IPAddress> ipAddresses = [];
    private readonly List<string> emailAddresses = [];
    private readonly List<string> uris = [];
    private readonly List<string> texts = [];

    private RequestedNames(IEnumerable<string> names)
    {
        foreach (var name in names)
            Add(name);
        Names = SubjectAlternativeNames.Create(dnsNames, ipAddresses, emailAddresses, uris);
    }

    /// <summary>All names, each once, as a token contains them.</summary>
    public IReadOnlyList<string> Texts => texts;

    /// <summary>The names in a signing request and in the certificate.</summary>
    public SubjectAlternativeNames Names { get; }

    /// <summary>Reads the names that a user wrote. International host names are converted to their ASCII form.</summary>
    /// <exception cref="RenewalException">A name cannot be in a certificate (<see cref="ErrorId.CertificateNameInvalid"/>).</exception>
    public static RequestedNames Parse(IEnumerable<string> names) => new(names.Select(name => ToAscii(RequireOneName(name.Trim()))));

    /// <summary>Reads the names of a token, which the CA compares by bytes.</summary>
    /// <inheritdoc cref="Parse"/>
    public static RequestedNames FromToken(IEnumerable<string> names) => new(names);

    /// <summary>The common name that a user wrote, without white space around it. An international host name is converted to its ASCII form.</summary>
    /// <exception cref="RenewalException">It is empty, too long, or has characters that cannot be seen (<see cref="ErrorId.CertificateNameInvalid"/>).</exception>
    public static string ParseSubject(string subject)
    {
        var trimmed = subject.Trim();
        return trimmed.Length == 0 ? throw Invalid("The subject is empty")
            : trimmed.Length > LongestName ? throw Invalid("The subject is too long")
            : trimmed.Any(char.IsControl) ? throw Invalid("The subject has a control character")
            : trimmed.Contains('.', StringComparison.Ordinal) && !trimmed.Contains(' ', StringComparison.Ordinal) ? ToAscii(trimmed)
            : trimmed;
    }

    /// <summary>The names of each kind that only one side has; null if both have the same.</summary>
    public string? DescribeDifference(RequestedNames other)
    {
        string[] differences =
        [
            .. Differences("DNS names", dnsNames, other.dnsNames),
            .. Differences("IP addresses", ipAddresses.Select(one => one.ToString()), other.ipAddresses.Select(one => one.ToString())),
            .. Differences("mail addresses", emailAddresses, other.emailAddresses),
            .. Differences("URIs", uris, other.uris),
        ];
        return differences.Length == 0 ? null : string.Join("; ", differences);
    }

    private static IEnumerable<string> Differences(string kind, IEnumerable<string> mine, IEnumerable<string> others)
    {
        var (one, two) = (mine.ToHashSet(StringComparer.Ordinal), others.ToHashSet(StringComparer.Ordinal));
        if (!one.SetEquals(two))
            yield return $"{kind}: {List(one)} instead of {List(two)}";
    }

    private static string List(HashSet<string> names) => names.Count == 0 ? "none" : string.Join(", ", names.Order(StringComparer.Ordinal).Select(PlainText.Excerpt));

    private void Add(string name)
    {
        RequireReadable(name);
        if (TryParseAddress(name) is { } address)
            Add(address, address.ToString(), ipAddresses);
        else if (Scheme().Match(name) is { Success: true } scheme)
            AddUri(name[..scheme.Length].ToLowerInvariant() + name[scheme.Length..]);
        else
            Add(name, name, name.Contains('@', StringComparison.Ordinal) ? emailAddresses : dnsNames);
    }

    private void AddUri(string uri) =>
        Add(uri, Uri().IsMatch(uri) ? uri : throw Invalid($"'{PlainText.Excerpt(uri)}' is not a URI: characters such as spaces must be percent-encoded"), uris);

    // One address can be written in several ways.
    private void Add<T>(T name, string text, List<T> kind)
    {
        if (kind.Contains(name))
            return;
        kind.Add(name);
        texts.Add(text);
    }

    // A mistake of the user: with such a name, the CA would issue a certificate that is good for no host.
    private static string RequireOneName(string name)
    {
        if (HostWithPort().IsMatch(name))
            throw Invalid($"'{PlainText.Excerpt(name)}' has a port, and a certificate is for a host with all its ports");
        if (name.Contains(',', StringComparison.Ordinal) && !Scheme().IsMatch(name))
            throw Invalid($"'{PlainText.Excerpt(name)}' has a comma, and is not one name");
        return Bracketed().Match(name) is { Success: true } address ? address.Groups[1].Value : name;
    }

    private static void RequireReadable(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw Invalid("An alternative name is empty");
        if (name.Length > LongestName)
            throw Invalid($"The alternative name '{name[..50]}…' is too long");
        // Certificates have ASCII here (IA5String, RFC 5280 section 4.2.1.6).
        if (name != name.Trim() || name.Any(one => one is < ' ' or > '~'))
            throw Invalid($"The alternative name '{PlainText.Excerpt(name)}' has characters that a certificate cannot contain");
    }

    // Go's rules, which the CA sorts by: four decimal numbers without leading zeros, or IPv6 without a zone.
    private static IPAddress? TryParseAddress(string name) =>
        (IPv4().IsMatch(name) || (name.Contains(':', StringComparison.Ordinal) && !name.AsSpan().ContainsAny('%', '[')))
            && IPAddress.TryParse(name, out var address) && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
            ? address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address
            : null;

    private static string ToAscii(string name)
    {
        var trimmed = name.Trim();
        if (trimmed.All(char.IsAscii) || trimmed.Contains('@', StringComparison.Ordinal) || trimmed.Contains(':', StringComparison.Ordinal))
            return trimmed;
        try
        {
            return new IdnMapping().GetAscii(trimmed);
        }
        catch (ArgumentException e)
        {
            throw Invalid($"'{PlainText.Excerpt(trimmed)}' is not a host name", e);
        }
    }

    private static RenewalException Invalid(string message, Exception? e = null) => new(
        ErrorId.CertificateNameInvalid, $"{message}.", "Give host names, IP addresses, mail addresses or URIs, several as a list: web.example.com, 10.0.0.1, me@example.com, spiffe://example.com/web.", e);

    [GeneratedRegex(@"^(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IPv4();

    [GeneratedRegex(@"^(?:[^:/@\s]*\.[^:/@\s]*|localhost|\[[^\]]+\]):[0-9]{1,5}$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HostWithPort();

    // An IPv6 address as in a URL.
    [GeneratedRegex(@"^\[([0-9A-Fa-f:.]+)\]$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]*:", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Scheme();

    // The characters of RFC 3986 section 2; what Go cannot parse would become a name of another kind.
    [GeneratedRegex(@"^[a-z][a-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Uri();
}
