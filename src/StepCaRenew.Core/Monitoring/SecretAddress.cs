using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Monitoring;

/// <summary>
/// An address of which only the host may be shown: anybody who knows its path can report to a monitor, or write to a channel.
/// </summary>
internal static class SecretAddress
{
    /// <summary>Parses an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="what">The parameter that has it, for a message.</param>
    /// <exception cref="RenewalException">The address is not an http or https address; the message does not show it.</exception>
    public static Uri Parse(string address, string what) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? RequireHttp(uri, what) : throw NoAddress(what);

    /// <summary>Requires an http or https address.</summary>
    /// <inheritdoc cref="Parse"/>
    public static Uri RequireHttp(Uri uri, string what) =>
        uri.IsAbsoluteUri && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? uri : throw NoAddress(what);

    /// <summary>Reads an address from its file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="whose">The owner of the address, such as <c>a monitor</c>, for a message.</param>
    /// <exception cref="RenewalException">The file cannot be read or has no address. The message does not show its content.</exception>
    public static Uri Read(string path, string whose)
    {
        var text = TextFile.Decode(InputFile.Read(path, $"file with the URL of {whose}").Bytes).Trim();
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            ? uri
            : throw new RenewalException(
                ErrorId.DefinitionInvalid, $"The file '{path}' does not have the URL of {whose} (http or https).", "Write the whole URL into it, such as https://hc.example.com/ping/<id>.");
    }

    /// <summary>The address without its secret path.</summary>
    public static string Mask(Uri uri) => $"{uri.Scheme}://{uri.Authority}/***";

    /// <summary>A client with the system's trusted roots: the server's certificate is not from the step CA.</summary>
    public static HttpClient CreateClient(TimeSpan timeout)
    {
        UserStores.EnsurePrepared();
        return new HttpClient(CreateHandler()) { Timeout = timeout };
    }

    /// <summary>Sends a request.</summary>
    /// <returns>Why it failed, without the address, as the end of a sentence; null if the server took it.</returns>
    /// <exception cref="OperationCanceledException">Cancelled by the token.</exception>
    public static async Task<string?> TrySendAsync(Func<CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await send(cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? null : $"status {(int)answer.StatusCode}";
        }
        // The platform's message may contain the address.
        catch (HttpRequestException e)
        {
            return e.InnerException?.GetType().Name ?? e.GetType().Name;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer in time";
        }
    }

    // A redirect could send the secret path to another host in clear text. The TLS options are the platform's: see
    // CaHandlerFactory.AllowsResume.
    internal static SocketsHttpHandler CreateHandler() => new() { AllowAutoRedirect = false };

    private static RenewalException NoAddress(string what) =>
        new(ErrorId.ActionInvalid, $"{what} is not an http or https address.", "Give the whole address, such as https://hc.example.com/ping/<id>.");
}
