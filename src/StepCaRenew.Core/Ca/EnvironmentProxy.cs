using System.Globalization;
using System.Net;
using System.Numerics;
using StepCaRenew.Text;

namespace StepCaRenew.Ca;

/// <summary>
/// The proxy of the environment variables, by Go's rules: <c>HTTPS_PROXY</c>, else <c>https_proxy</c>; <c>NO_PROXY</c>, else
/// <c>no_proxy</c>; never for loopback addresses. A proxy that cannot be used is an error, never a direct connection.
/// </summary>
/// <remarks>
/// .NET reads the environment once per process, but in a PowerShell session it may change. If no variable is set, .NET's
/// proxy gives the system's settings on Windows and macOS.
/// </remarks>
internal sealed class EnvironmentProxy : IWebProxy
{
    private static readonly string[] Schemes = ["http", "https", "socks4", "socks4a", "socks5"];

    private readonly Uri? proxy;
    private readonly RenewalException? problem;
    private readonly string[] excluded;
    private readonly IWebProxy? system;

    public EnvironmentProxy(Func<string, string?> environment)
    {
        var variable = environment("HTTPS_PROXY") is not null ? "HTTPS_PROXY" : "https_proxy";
        excluded = (environment("NO_PROXY") ?? environment("no_proxy") ?? string.Empty)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (environment(variable) is { } address)
            (proxy, problem) = Parse(address, variable);
        // On Linux .NET's proxy has only variables, and ALL_PROXY, which Go ignores.
        else if (!OperatingSystem.IsLinux() && (environment("ALL_PROXY") ?? environment("all_proxy")) is null)
            system = HttpClient.DefaultProxy;
        if (proxy is null)
            return;
        IsTls = proxy.Scheme == Uri.UriSchemeHttps;
        if (proxy.UserInfo is { Length: > 0 } user)
        {
            var parts = user.Split(':', 2);
            Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? string.Empty));
        }

        // Without credentials, since the platform quotes the address in exceptions. CaConnector does the TLS to the proxy.
        proxy = new UriBuilder(proxy.Scheme is "socks5h" ? "socks5" : IsTls ? "http" : proxy.Scheme, proxy.Host, proxy.Port < 0 ? 1080 : proxy.Port).Uri;
    }

    /// <inheritdoc/>
    public ICredentials? Credentials { get; set; }

    /// <summary>Whether the connection to the proxy uses TLS.</summary>
    public bool IsTls { get; }

    /// <inheritdoc/>
    /// <exception cref="RenewalException">The configured proxy cannot be used (<see cref="ErrorId.ProxyInvalid"/>).</exception>
    public Uri? GetProxy(Uri destination) =>
        IsBypassed(destination) ? null : problem is not null ? throw problem : proxy ?? system?.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) =>
        host.IsLoopback || excluded.Any(pattern => Matches(pattern, host)) || (proxy is null && problem is null && system?.IsBypassed(host) is not false);

    // Go's rules: "*" matches all; with a leading dot or "*.", subdomains only; else a domain with its subdomains, an address or
    // a range; with or without a port.
    private static bool Matches(string pattern, Uri host)
    {
        if (pattern == "*")
            return true;
        if (pattern.Split('/') is [var network, var length])
            return IsInRange(host, network, length);
        var (name, port) = Split(pattern);
        if (name.Length == 0 || (port is not null && port != host.Port.ToString(CultureInfo.InvariantCulture)))
            return false;
        if (IPAddress.TryParse(name, out var address))
            return IPAddress.TryParse(host.IdnHost, out var own) && own.Equals(address);
        var domain = name.TrimStart('*');
        return domain.StartsWith('.')
            ? host.IdnHost.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
            : host.IdnHost.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.IdnHost.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);
    }

    // A colon separates a port, except in an IPv6 address without brackets.
    private static (string Name, string? Port) Split(string pattern)
    {
        var end = pattern.StartsWith('[') ? pattern.IndexOf(']', StringComparison.Ordinal) : -1;
        if (end > 0)
            return (pattern[1..end], pattern.AsSpan(end + 1) is [':', .. var after] ? after.ToString() : null);
        return pattern.Split(':') is [var name, var port] ? (name, port) : (pattern, null);
    }

    // .NET 8's IPNetwork accepts only the base address of a range.
    private static bool IsInRange(Uri host, string network, string length)
    {
        if (!IPAddress.TryParse(network, out var start) || !IPAddress.TryParse(host.IdnHost, out var address) || start.AddressFamily != address.AddressFamily
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > start.GetAddressBytes().Length * 8)
            return false;
        var (one, other) = (new BigInteger(start.GetAddressBytes(), isUnsigned: true, isBigEndian: true), new BigInteger(address.GetAddressBytes(), isUnsigned: true, isBigEndian: true));
        return (one ^ other) >> (start.GetAddressBytes().Length * 8 - bits) == 0;
    }

    private static (Uri? Proxy, RenewalException? Problem) Parse(string address, string variable)
    {
        var text = address.Trim();
        var end = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = end < 0 ? "http" : text[..end].ToLowerInvariant();
        // With an unescaped @ in the password, part of the password would be the host, which messages quote.
        if (!Uri.TryCreate(end < 0 ? "http://" + text : text, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.PathAndQuery.Contains('@', StringComparison.Ordinal) || uri.Fragment.Length > 0)
            return (null, Invalid(variable, "is not a valid proxy URL"));
        // socks5h has the proxy resolve names; .NET's socks5 always does.
        return Schemes.Contains(scheme) || scheme == "socks5h" ? (uri, null)
            : (null, Invalid(variable, $"names a proxy with the scheme '{PlainText.Excerpt(scheme)}', which is not supported"));
    }

    // The URL is not quoted: it may contain a password.
    private static RenewalException Invalid(string variable, string what) => new(
        ErrorId.ProxyInvalid, $"The variable {variable} {what}; the CA was not asked.",
        $"Write it as http://proxy.example.com:3128 (also https, socks4, socks4a, socks5, socks5h), special characters of a password as %40 and so on; or add the CA's host to NO_PROXY.");
}
