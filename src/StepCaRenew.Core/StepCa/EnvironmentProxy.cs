using System.Globalization;
using System.Net;
using System.Numerics;

namespace StepCaRenew.StepCa;

/// <summary>
/// The HTTP proxy that the environment names, as curl and Go read it: <c>HTTPS_PROXY</c> or <c>https_proxy</c>,
/// and <c>NO_PROXY</c>; loopback addresses are never proxied.
/// </summary>
/// <remarks>
/// .NET's own reads the environment once per process; in a PowerShell session it may have changed since. Where
/// no variable is set, .NET's own is asked, for the settings of Windows and macOS.
/// </remarks>
internal sealed class EnvironmentProxy : IWebProxy
{
    private readonly Uri? proxy;
    private readonly string[] excluded;

    public EnvironmentProxy(Func<string, string?> environment)
    {
        var address = environment("https_proxy") ?? environment("HTTPS_PROXY") ?? environment("all_proxy") ?? environment("ALL_PROXY");
        proxy = address is null ? null : Parse(address);
        excluded = (environment("no_proxy") ?? environment("NO_PROXY") ?? string.Empty)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (proxy?.UserInfo is { Length: > 0 } user)
        {
            var parts = user.Split(':', 2);
            // The platform quotes the address in its exceptions.
            proxy = new UriBuilder(proxy) { UserName = string.Empty, Password = string.Empty }.Uri;
            Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? string.Empty));
        }
    }

    /// <inheritdoc/>
    public ICredentials? Credentials { get; set; }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) =>
        IsBypassed(destination) ? null : proxy ?? HttpClient.DefaultProxy.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) =>
        host.IsLoopback || excluded.Any(pattern => Matches(pattern, host)) || (proxy is null && HttpClient.DefaultProxy.IsBypassed(host));

    // Go's rules: "*" for all, a leading dot or "*." for subdomains alone, else the domain and its subdomains; an address range; a port.
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

    // A colon separates a port, but for bare IPv6 addresses.
    private static (string Name, string? Port) Split(string pattern)
    {
        var end = pattern.StartsWith('[') ? pattern.IndexOf(']', StringComparison.Ordinal) : -1;
        if (end > 0)
            return (pattern[1..end], pattern.AsSpan(end + 1) is [':', .. var after] ? after.ToString() : null);
        return pattern.Split(':') is [var name, var port] ? (name, port) : (pattern, null);
    }

    // By hand, since IPNetwork of .NET 8 takes no address within the range for the range.
    private static bool IsInRange(Uri host, string network, string length)
    {
        if (!IPAddress.TryParse(network, out var start) || !IPAddress.TryParse(host.IdnHost, out var address) || start.AddressFamily != address.AddressFamily
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > start.GetAddressBytes().Length * 8)
            return false;
        var (one, other) = (new BigInteger(start.GetAddressBytes(), isUnsigned: true, isBigEndian: true), new BigInteger(address.GetAddressBytes(), isUnsigned: true, isBigEndian: true));
        return (one ^ other) >> (start.GetAddressBytes().Length * 8 - bits) == 0;
    }

    private static Uri? Parse(string address) =>
        Uri.TryCreate(address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address, UriKind.Absolute, out var uri) ? uri : null;
}
