using System.Net;

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

    // Go's rules: "*" for all, a leading dot for subdomains alone, else the domain and its subdomains; an address range; a port.
    private static bool Matches(string pattern, Uri host)
    {
        if (pattern == "*")
            return true;
        if (pattern.Contains('/', StringComparison.Ordinal))
            return IPNetwork.TryParse(pattern, out var range) && IPAddress.TryParse(host.IdnHost, out var address) && range.Contains(address);
        if (!IPAddress.TryParse(pattern, out _) && pattern.LastIndexOf(':') is > 0 and var colon)
        {
            if (pattern[(colon + 1)..] != host.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))
                return false;
            pattern = pattern[..colon];
        }

        return pattern.StartsWith('.')
            ? host.IdnHost.EndsWith(pattern, StringComparison.OrdinalIgnoreCase)
            : host.IdnHost.Equals(pattern, StringComparison.OrdinalIgnoreCase) || host.IdnHost.EndsWith("." + pattern, StringComparison.OrdinalIgnoreCase);
    }

    private static Uri? Parse(string address) =>
        Uri.TryCreate(address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address, UriKind.Absolute, out var uri) ? uri : null;
}
