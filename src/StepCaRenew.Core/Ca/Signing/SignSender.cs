using System.Net.Sockets;
using System.Security.Cryptography;

namespace StepCaRenew.Ca.Signing;

/// <summary>Sends a request for a first certificate.</summary>
internal sealed class SignSender(CaRequest.Sign request, CaClient client, TimeProvider clock)
{
    private readonly byte[] signingRequest = request.Wanted.Encode(request.NewKey);

    /// <summary>Sends the request once.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="RenewalException">
    /// The CA refuses, or cannot be reached. An error after which the CA may have used up a given token is not transient.
    /// </exception>
    public async Task<CaAnswer> SendAsync(CancellationToken cancellationToken)
    {
        var token = request.Tokens.Next(signingRequest, clock.GetUtcNow());
        var body = new SignRequest(
            PemEncoding.WriteString("CERTIFICATE REQUEST", signingRequest), token.Text, request.Wanted.NotBefore?.Text, request.Wanted.NotAfter?.Text);
        try
        {
            return await client.SignAsync(body, token, cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e) when (e.IsTransient && !request.Tokens.MakesNewTokens && !IsBeforeSending(e))
        {
            throw new RenewalException(
                e.ErrorId, $"{e.Message} The request was sent, and the CA may have used up the token: it is not sent again.",
                $"{e.Remedy} Then make a new token and run again; a provisioner password (-ProvisionerPasswordFile) makes a new token for each attempt.", e);
        }
    }

    // The CA did not get the request: no connection, or its proxy answered that there are too many.
    private static bool IsBeforeSending(RenewalException e) => e.ErrorId == ErrorId.CaBusy || e.InnerException switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError } => true,
        // The handler's limit for connecting; that of the whole request has no such exception within.
        OperationCanceledException { InnerException: TimeoutException } => true,
        // A connection that was reset at once; a later failure is within another exception.
        SocketException => true,
        _ => false,
    };
}
