using System.Security.Cryptography;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Ca;

/// <summary>
/// The CAs of one call over many certificates: their settings and roots, which are read once for each call, and the connections to
/// them. Thread-safe.
/// </summary>
internal sealed class SharedConnections : IDisposable
{
    private readonly Dictionary<CaOptions, CallCa> found = [];
    private readonly Dictionary<string, SharedConnection> known = [];
    private readonly RootCache roots = new();

    /// <summary>The CA that options name. This object disposes its roots and connections.</summary>
    /// <exception cref="RenewalException">A setting or a root is missing or cannot be read; the next renewal of the call tries again.</exception>
    public CallCa Find(CaOptions options, TimeProvider clock, Func<string, string?> environment)
    {
        lock (found)
        {
            if (found.TryGetValue(options, out var ca))
                return ca;
            var settings = CaSettingsResolver.Resolve(options, environment);
            var trusted = roots.Load(settings);
            return found[options] = new CallCa(settings, trusted, To(settings, trusted, clock, environment));
        }
    }

    /// <summary>The connections to a CA: the same for all renewals of the call with this address and these roots. This object disposes them.</summary>
    public SharedConnection To(CaSettings settings, TrustedRoots trusted, TimeProvider clock, Func<string, string?> environment)
    {
        var key = string.Join(' ', trusted.All.Select(root => root.GetCertHashString(HashAlgorithmName.SHA256)).Order(StringComparer.Ordinal).Prepend(settings.Url.AbsoluteUri));
        lock (known)
        {
            if (!known.TryGetValue(key, out var connection))
                known.Add(key, connection = new SharedConnection(settings.Url, trusted, clock, environment));
            return connection;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (known)
        {
            foreach (var connection in known.Values)
                connection.Dispose();
            known.Clear();
        }

        lock (found)
        {
            found.Clear();
            roots.Dispose();
        }
    }
}

/// <summary>A CA of a call.</summary>
/// <param name="Settings">Its settings.</param>
/// <param name="Roots">Its roots.</param>
/// <param name="Connection">The connections to it; null if each request has its own.</param>
internal sealed record CallCa(CaSettings Settings, TrustedRoots Roots, SharedConnection? Connection);

/// <summary>
/// One CA in one call over many certificates: its kept-alive connections, and whether renewals go over them by token. A handshake for
/// each renewal costs both sides more than a token; but a token with a connection of its own costs the CA more than a handshake.
/// Thread-safe.
/// </summary>
internal sealed class SharedConnection(Uri address, TrustedRoots roots, TimeProvider clock, Func<string, string?> environment) : IDisposable
{
    /// <summary>How many renewals of a call go by mTLS before tokens are used.</summary>
    public const int MostByTls = 8;

    // A refusal may be due to one certificate. Several in a row mean that the CA, or a proxy before it, accepts none.
    private const int MostRefusals = 3;

    // A handler verifies the CA's certificate for the time at which the handler was made.
    private static readonly TimeSpan HandlerLifetime = TimeSpan.FromMinutes(10);

    private readonly Stack<(SocketsHttpHandler Handler, long Made)> made = [];
    private int due;
    private int refusals;
    private bool isRefused;

    /// <summary>Makes the handlers of all requests to the CA.</summary>
    public CaHandlerFactory Handlers { get; } = new(clock, environment);

    /// <summary>The result of verifying the CA's certificate, of the last handshake.</summary>
    public ServerTrust Trust { get; } = new();

    /// <summary>Counts a renewal that is due. Whether it goes by token, if its certificate allows that.</summary>
    public bool UsesTokenForNext()
    {
        lock (made)
            return ++due > MostByTls && !isRefused;
    }

    /// <summary>The handler for a request; it belongs to this object.</summary>
    public SocketsHttpHandler GetHandler()
    {
        lock (made)
        {
            if (!made.TryPeek(out var last) || clock.GetElapsedTime(last.Made) > HandlerLifetime)
                made.Push(last = (Handlers.Create(address, roots, Trust, attempts: null, client: null), clock.GetTimestamp()));
            return last.Handler;
        }
    }

    /// <summary>
    /// Whether a renewal by token may have failed because of the token or of the shared connection. If so, mTLS may succeed. It
    /// would not if the CA is busy or not trusted, or if the proxy to the CA refuses.
    /// </summary>
    public static bool MayBeAboutToken(RenewalException e) =>
        e.ErrorId == ErrorId.CaUnreachable || (!e.IsTransient && e.ErrorId is not (ErrorId.CaUntrusted or ErrorId.ProxyRefused or ErrorId.ProxyInvalid));

    /// <summary>Records that a token was accepted.</summary>
    public void RecordAccepted()
    {
        lock (made)
            refusals = 0;
    }

    /// <summary>Records that a token failed whose certificate was then renewed by mTLS.</summary>
    /// <returns>Whether this is the refusal after which the rest of the call uses mTLS.</returns>
    public bool RecordRefused()
    {
        lock (made)
        {
            if (isRefused)
                return false;
            isRefused = ++refusals >= MostRefusals;
            return isRefused;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (made)
        {
            while (made.TryPop(out var one))
                one.Handler.Dispose();
        }
    }
}
