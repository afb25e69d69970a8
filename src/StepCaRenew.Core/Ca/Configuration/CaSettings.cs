using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StepCaRenew.Ca.Configuration;

/// <summary>The resolved settings of a CA.</summary>
/// <param name="Url">The CA's address, https, without a path.</param>
/// <param name="RootPath">The file of the root certificate, or a folder or a comma-separated list of such files.</param>
/// <param name="Fingerprint">The SHA-256 fingerprint that the root must have, lower-case hexadecimal; null if none is configured.</param>
internal sealed record CaSettings(Uri Url, string RootPath, string? Fingerprint)
{
    /// <summary>The host as the user wrote it: the CA compares the name in a token case-sensitively, and <see cref="Uri"/> lowers it.</summary>
    public string Host { get; init; } = Url.HostNameType == UriHostNameType.Dns ? Url.IdnHost : Url.Host;

    /// <summary>The registered renewal that these settings are from; null for an interactive call.</summary>
    public string? RegisteredName { get; init; }

    /// <summary>A file with more roots that are trusted, if it exists; see <see cref="CaOptions.FollowedRootsPath"/>.</summary>
    public string? FollowedRootsPath { get; init; }

    /// <summary>The address as text, with the host as the user wrote it.</summary>
    public string Address => new CaAddress(Url, Host).Text;

    /// <summary>The URL of an endpoint of the CA, such as <c>/renew</c>.</summary>
    public Uri Endpoint(string path) => new(Url.AbsoluteUri.TrimEnd('/') + path);

    /// <summary>
    /// The remedy if the root certificate is not the CA's any more. A registered renewal has its own copy, which neither
    /// Initialize-StepContext nor <c>step</c> replaces.
    /// </summary>
    /// <param name="usual">The remedy for an interactive call.</param>
    internal string RootRemedy(string usual) => RegisteredName is null ? usual
        : $"The registered renewal '{RegisteredName}' uses its own copy of the root certificate. If the CA has a new root, run Initialize-StepContext -Force and register the renewal again (Register-StepRenewalTask).";
}

/// <summary>The CA's address: a host and a port. As in <c>step</c>, user, path and query are ignored.</summary>
/// <param name="Url">The address as a URL, its host in lower case.</param>
/// <param name="Host">The host as the user wrote it, since the CA compares names case-sensitively; an IPv6 address in brackets.</param>
internal sealed record CaAddress(Uri Url, string Host)
{
    private const string Scheme = "https://";

    /// <summary>The address as text, with the host as the user wrote it.</summary>
    public string Text => Scheme + Host + (Url.IsDefaultPort ? string.Empty : string.Create(CultureInfo.InvariantCulture, $":{Url.Port}"));

    /// <summary>Reads an address, with or without <c>https://</c>.</summary>
    /// <exception cref="RenewalException">It is not an address (<see cref="ErrorId.CaUrlInvalid"/>). The message does not quote it, since it may contain a password.</exception>
    public static CaAddress Parse(string text)
    {
        var trimmed = text.Trim();
        var rest = trimmed.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? trimmed[Scheme.Length..] : trimmed;
        var end = rest.IndexOfAny(['/', '?', '#', '\\']);
        // Another scheme, such as http://.
        if (rest.Contains("://", StringComparison.Ordinal) && rest.IndexOf("://", StringComparison.Ordinal) < end || (end >= 0 && rest[end] == '\\'))
            throw Invalid();
        var authority = end < 0 ? rest : rest[..end];
        var (host, port) = Split(authority[(authority.LastIndexOf('@') + 1)..]);
        if (host.Length == 0 || !Uri.TryCreate($"{Scheme}{host}:{(port.Length == 0 ? "443" : port)}", UriKind.Absolute, out var url)
            || url.Host.Length == 0 || url.UserInfo.Length > 0 || url.AbsolutePath != "/")
            throw Invalid();
        // The CA's names are ASCII.
        return new CaAddress(url, host.All(char.IsAscii) ? host : url.IdnHost);
    }

    private static (string Host, string Port) Split(string authority)
    {
        if (authority.StartsWith('['))
        {
            var end = authority.IndexOf(']', StringComparison.Ordinal);
            return end < 0 ? (string.Empty, string.Empty)
                : authority.Length == end + 1 ? (authority, string.Empty)
                : authority[end + 1] == ':' ? (authority[..(end + 1)], authority[(end + 2)..])
                : (string.Empty, string.Empty);
        }

        var colon = authority.LastIndexOf(':');
        if (colon < 0)
            return (authority, string.Empty);
        var (before, after) = (authority[..colon], authority[(colon + 1)..]);
        if (!before.Contains(':', StringComparison.Ordinal))
            return (before, after);
        // Without brackets, what follows the last colon is a port if possible: step-ca's init writes "https://::1:9000".
        return IsPort(after) && IsIPv6(before) ? ($"[{before}]", after)
            : IsIPv6(authority) ? ($"[{authority}]", string.Empty)
            : (string.Empty, string.Empty);
    }

    private static bool IsPort(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;

    private static bool IsIPv6(string text) => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    private static RenewalException Invalid() => new(
        ErrorId.CaUrlInvalid, "The CA's address is not an https URL of a host and, if needed, a port.", "Write it as https://ca.example.com or https://ca.example.com:9000.");
}
