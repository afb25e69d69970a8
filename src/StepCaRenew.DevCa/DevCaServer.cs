using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Authority;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.DevCa.Pki;
using StepCaRenew.DevCa.Tls;

namespace StepCaRenew.DevCa;

/// <summary>A small CA with step-ca's HTTP API on the loopback address, for development and tests; it can simulate faults.</summary>
public sealed class DevCaServer : IAsyncDisposable
{
    private const string RequestId = "X-Request-Id";

    private readonly WebApplication _app;
    private readonly CaState _state;
    private volatile TlsConnection _tls;

    private DevCaServer(WebApplication app, CaState state)
    {
        _app = app;
        _state = state;
        _tls = new(state.Ca, state.Options);
    }

    /// <summary>https://127.0.0.1:port</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Certificates and keys.</summary>
    public CaIdentity Identity => _state.Ca;

    /// <summary>The first root certificate.</summary>
    public X509Certificate2 RootCertificate => _state.Ca.Root;

    /// <summary>SHA-256 of the first root, lower-case hexadecimal.</summary>
    public string Fingerprint => _state.Ca.Fingerprint;

    /// <summary>The provisioners admin, norenew and noeku.</summary>
    public IReadOnlyList<Provisioner> Provisioners => _state.Provisioners;

    /// <summary>The requests so far.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>The certificates that /sign, /renew and /rekey have issued.</summary>
    public IReadOnlyCollection<Issuance> Issuances => _state.Issuances;

    /// <summary>The revocations so far.</summary>
    public IReadOnlyCollection<Revocation> Revocations => _state.Revocations;

    /// <summary>The faults to simulate next.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>Starts a CA; it listens when the task completes.</summary>
    public static async Task<DevCaServer> StartAsync(DevCaOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var identity = options.Identity ?? CaIdentity.Create(options.TimeProvider.GetUtcNow());
        var state = new CaState(identity, options.Provisioners ?? Provisioner.CreateAll(options.Password, options.Generation), options);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "StepCaRenew.DevCa" });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore();
        DevCaServer? server = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (options.StreamsPerConnection is { } streams)
                kestrel.Limits.Http2.MaxStreamsPerConnection = streams;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen =>
            {
                listen.Use(next => connection => server!.ConnectAsync(connection, next));
            });
        });
        var app = builder.Build();
        server = new(app, state);
        app.Run(server.HandleAsync);
        await app.StartAsync(ct);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Url = new Uri($"https://127.0.0.1:{new Uri(address).Port}");
        return server;
    }

    /// <summary>Issues a certificate of any age with the CA's key, without the rules of the API.</summary>
    public X509Certificate2 Issue(LeafProfile profile, PublicKey key) => _state.Ca.Issuer.Issue(profile, key);

    /// <summary>
    /// Gives the CA one or two new intermediates for all later connections: of its root, or of a new root
    /// that it serves together with the old one. Leaves of the old intermediate stay valid, but need their chain.
    /// </summary>
    public void Rotate(int intermediates = 1, bool newRoot = false)
    {
        _state.Ca = _state.Ca.Rotate(_state.Now, intermediates, newRoot);
        _tls = new(_state.Ca, _state.Options);
    }

    /// <summary>Writes a client's files in the layout of $STEPPATH: config/defaults.json and certs/root_ca.crt.</summary>
    public Task WriteStepPathAsync(string folder) => StepPath.WriteAsync(folder, Url, _state.Ca);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private async Task ConnectAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (Faults.TakeForConnection() is { } fault)
            await fault.RunAsync(connection);
        else
            await _tls.RunAsync(connection, next);
    }

    private async Task HandleAsync(HttpContext http)
    {
        var path = Router.Normalize(http.Request.Path.Value!);
        if (_state.IsNewer)
            http.Response.Headers[RequestId] = http.Request.Headers[RequestId] is [{ Length: > 0 } given, ..] ? given : Guid.NewGuid().ToString();
        Requests.Add(new(http.Request.Method, path, http.Request.Protocol,
            http.Connection.ClientCertificate?.SerialNumber, http.Request.ContentLength));
        if (Faults.TakeForRequest(path, hasToken: http.Request.Headers.Authorization.Count > 0) is { } fault)
            await fault.SendAsync(new(http, _state, () => Router.AnswerAsync(_state, http, path)));
        else
            await (await Router.AnswerAsync(_state, http, path)).SendAsync(http);
    }
}
