using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StepCaRenew.Text;

namespace StepCaRenew.Servers;

/// <summary>The protocol that a server speaks before TLS begins.</summary>
internal enum StartTls { None, Smtp, Imap, Ldap, Postgres }

/// <summary>The address of a TLS server.</summary>
/// <param name="Scheme">The scheme of its URI.</param>
/// <param name="Host">A name or an IP address, without brackets.</param>
/// <param name="Port">The port.</param>
internal sealed record ServerAddress(string Scheme, string Host, int Port)
{
    private const string Tls = "tls";

    // The usual port; zero if there is none.
    private static readonly Dictionary<string, (StartTls StartTls, int Port)> Known = new()
    {
        ["https"] = (StartTls.None, 443),
        [Tls] = (StartTls.None, 0),
        ["smtp"] = (StartTls.Smtp, 25),
        ["smtps"] = (StartTls.None, 465),
        ["imap"] = (StartTls.Imap, 143),
        ["imaps"] = (StartTls.None, 993),
        ["ldap"] = (StartTls.Ldap, 389),
        ["ldaps"] = (StartTls.None, 636),
        ["postgres"] = (StartTls.Postgres, 5432),
        ["postgresql"] = (StartTls.Postgres, 5432),
    };

    /// <summary>The protocol before TLS.</summary>
    public StartTls StartTls => Known[Scheme].StartTls;

    /// <summary>Host and port, for messages.</summary>
    public string Authority => string.Create(CultureInfo.InvariantCulture, $"{(IsIPv6 ? $"[{Host}]" : Host)}:{Port}");

    /// <summary>The address as <see cref="Parse"/> reads it back.</summary>
    public string Text => $"{Scheme}://{Authority}";

    /// <summary>The name that the server gets in the handshake (SNI): the host; null for an IP address, which has none.</summary>
    public string? ServerName => IPAddress.TryParse(Host, out _) ? null : Host.TrimEnd('.');

    private bool IsIPv6 => IPAddress.TryParse(Host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Reads an address: a URI such as <c>https://host</c> or <c>smtp://host:25</c>, of which path and query have no meaning, or <c>host:port</c>.</summary>
    /// <exception cref="RenewalException">It is not an address (<see cref="ErrorId.ServerAddressInvalid"/>).</exception>
    public static ServerAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isUri = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(isUri ? text : $"{Tls}://{text}", UriKind.Absolute, out var uri) || uri.HostNameType is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
            throw Invalid($"{Quote(text)} is not the address of a server");
        // A password in an address would get into messages and definitions.
        if (uri.UserInfo.Length > 0)
            throw Invalid($"The address of the server {uri.Host} contains a user name or a password, which no server gets here");
        if (!Known.TryGetValue(uri.Scheme, out var known))
            throw Invalid($"{Quote(text)} has the scheme '{uri.Scheme}', which is none of {string.Join(", ", Known.Keys)}");
        if (!isUri && (uri.PathAndQuery.Length > 1 || uri.Fragment.Length > 0))
            throw NotAnEndpoint(text);
        var port = uri.Port > 0 ? uri.Port : known.Port;
        return port > 0 && uri.Port != 0 ? new ServerAddress(uri.Scheme, uri.IdnHost, port) : throw Invalid($"{Quote(text)} names no port");
    }

    /// <summary>Reads <c>host:port</c> of a server that speaks another protocol before TLS; with one, the port can be missing.</summary>
    /// <exception cref="RenewalException">It is not an address (<see cref="ErrorId.ServerAddressInvalid"/>).</exception>
    public static ServerAddress ParseEndpoint(string text, StartTls startTls)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().ContainsAny("/?#"))
            throw NotAnEndpoint(text);
        return Parse(startTls == StartTls.None ? text : $"{startTls.ToString().ToLowerInvariant()}://{text}");
    }

    private static RenewalException NotAnEndpoint(string text) => Invalid($"{Quote(text)} is not a host and a port");

    private static string Quote(string text) => $"'{PlainText.Excerpt(text)}'";

    private static RenewalException Invalid(string sentence) => new(
        ErrorId.ServerAddressInvalid, $"{sentence}.",
        "Write a URI such as https://web.example.com, smtp://mail.example.com, postgres://db.example.com or tls://host:port, or host:port. An IPv6 address is in brackets: [::1]:443.");
}
