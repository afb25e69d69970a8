using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Http.Features;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Tls;

/// <summary>Puts TLS between a connection and Kestrel's HTTP, and gives HTTP the client certificate and protocol.</summary>
internal sealed class TlsConnection
{
    private readonly BcTlsCrypto _crypto = new();
    private readonly ServerCredentials _credentials;
    private readonly ClientCertificateCheck _check;

    public TlsConnection(CaIdentity ca, DevCaOptions options)
    {
        _credentials = new(ca, _crypto, options.DnsNames);
        _check = new(ca, options);
    }

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var server = new CaTlsServer(_crypto, _credentials, _check);
        var plain = connection.Transport;
        var stream = new TlsStream(new TransportStream(plain));
        try
        {
            await stream.AuthenticateAsync(server, connection.ConnectionClosed);
        }
        catch (Exception e) when (e is IOException or TlsException or OperationCanceledException)
        {
            // The alert, if there is one, was sent.
            return;
        }
        connection.Features.Set<ITlsConnectionFeature>(new ClientCertificateFeature { ClientCertificate = server.ClientCertificate });
        connection.Features.Set<ITlsApplicationProtocolFeature>(new ApplicationProtocolFeature(server.ApplicationProtocol));
        connection.Transport = new DuplexPipe(PipeReader.Create(stream), PipeWriter.Create(stream));
        try
        {
            await next(connection);
            await stream.CloseAsync();
        }
        finally
        {
            connection.Transport = plain;
        }
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class ClientCertificateFeature : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }

    private sealed class ApplicationProtocolFeature(byte[] protocol) : ITlsApplicationProtocolFeature
    {
        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = protocol;
    }
}
