using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Globalization;
using System.Net.Sockets;
using StepCaRenew.Text;

namespace StepCaRenew.Servers;

/// <summary>Asks a server of another protocol to begin TLS.</summary>
internal sealed class StartTlsHandshake(ClearText connection, ServerAddress address)
{
    private const string LdapStartTls = "1.3.6.1.4.1.1466.20037";

    // RFC 4511: the application tags of an extended request and response, and the tag of the request's name.
    private static readonly Asn1Tag ExtendedRequest = new(TagClass.Application, 23, isConstructed: true);
    private static readonly Asn1Tag ExtendedResponse = new(TagClass.Application, 24, isConstructed: true);
    private static readonly Asn1Tag RequestName = new(TagClass.ContextSpecific, 0);

    /// <summary>Asks the server, and reads its answer. Afterwards the next byte belongs to TLS.</summary>
    /// <exception cref="RenewalException">The server refused, or does not speak the protocol.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await (address.StartTls switch
        {
            StartTls.Smtp => SmtpAsync(cancellationToken),
            StartTls.Imap => ImapAsync(cancellationToken),
            StartTls.Ldap => LdapAsync(cancellationToken),
            StartTls.Postgres => PostgresAsync(cancellationToken),
            _ => throw new InvalidOperationException($"{address.StartTls} has no handshake."),
        }).ConfigureAwait(false);
        connection.RequireEnd();
    }

    // RFC 3207. The greeting and each answer can have several lines.
    private async Task SmtpAsync(CancellationToken cancellationToken)
    {
        var (code, greeting) = await ReadSmtpAsync(cancellationToken).ConfigureAwait(false);
        if (code != 220)
            throw Refused("ended the connection", greeting[^1]);
        // This machine may have no name, but it has an address (RFC 5321 section 4.1.3).
        var local = connection.LocalAddress.IsIPv4MappedToIPv6 ? connection.LocalAddress.MapToIPv4() : connection.LocalAddress;
        await connection.SendLineAsync($"EHLO [{(local.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6:" : string.Empty)}{local.ToString().Split('%')[0]}]", cancellationToken).ConfigureAwait(false);
        (code, var features) = await ReadSmtpAsync(cancellationToken).ConfigureAwait(false);
        if (code != 250)
            throw Refused("refused EHLO", features[^1]);
        if (!features.Skip(1).Any(feature => feature.Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
            throw Refused("does not offer STARTTLS", null);
        await connection.SendLineAsync("STARTTLS", cancellationToken).ConfigureAwait(false);
        (code, var answer) = await ReadSmtpAsync(cancellationToken).ConfigureAwait(false);
        if (code != 220)
            throw Refused("refused STARTTLS", $"{code} {answer[^1]}");
    }

    private async Task<(int Code, List<string> Lines)> ReadSmtpAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await connection.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) || (line.Length > 3 && line[3] is not (' ' or '-')))
                throw NotSpoken("SMTP", line);
            lines.Add(line.Length > 4 ? line[4..] : string.Empty);
            if (line.Length == 3 || line[3] == ' ')
                return (code, lines);
        }
    }

    // RFC 3501 section 6.2.1.
    private async Task ImapAsync(CancellationToken cancellationToken)
    {
        const string tag = "a1";
        var greeting = await connection.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (!greeting.StartsWith("* ", StringComparison.Ordinal))
            throw NotSpoken("IMAP", greeting);
        if (!greeting.StartsWith("* OK", StringComparison.OrdinalIgnoreCase))
            throw Refused("does not begin a session in which TLS can begin", greeting[2..]);
        await connection.SendLineAsync($"{tag} STARTTLS", cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var line = await connection.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line.StartsWith($"{tag} OK", StringComparison.OrdinalIgnoreCase))
                return;
            if (line.StartsWith($"{tag} ", StringComparison.OrdinalIgnoreCase))
                throw Refused("refused STARTTLS", line[(tag.Length + 1)..]);
            if (!line.StartsWith("* ", StringComparison.Ordinal))
                throw NotSpoken("IMAP", line);
        }
    }

    // RFC 4511 sections 4.12 and 4.14.
    private async Task LdapAsync(CancellationToken cancellationToken)
    {
        var request = new AsnWriter(AsnEncodingRules.BER);
        using (request.PushSequence())
        {
            request.WriteInteger(1);
            using (request.PushSequence(ExtendedRequest))
                request.WriteOctetString(System.Text.Encoding.ASCII.GetBytes(LdapStartTls), RequestName);
        }

        await connection.SendAsync(request.Encode(), cancellationToken).ConfigureAwait(false);
        var message = await ReadLdapAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var answer = new AsnReader(message, AsnEncodingRules.BER).ReadSequence();
            var id = answer.ReadInteger();
            var content = answer.ReadSequence(ExtendedResponse);
            var code = content.ReadEnumeratedBytes().ToArray();
            content.ReadOctetString();
            var reason = System.Text.Encoding.UTF8.GetString(content.ReadOctetString());
            // Message 0 is a notice that the server ends the connection.
            if (id != 1 || code is not [0])
                throw Refused("refused to begin TLS", $"result {(code is [var one] ? one : -1)}{(reason.Length > 0 ? $", {reason}" : string.Empty)}");
        }
        catch (AsnContentException)
        {
            throw NotSpoken("LDAP", null);
        }
    }

    // A sequence of definite length (RFC 4511 section 5.1).
    private async Task<byte[]> ReadLdapAsync(CancellationToken cancellationToken)
    {
        var head = await connection.ReadAsync(2, cancellationToken).ConfigureAwait(false);
        if (head[0] != 0x30 || head[1] is 0x80 or > 0x84)
            throw NotSpoken("LDAP", null);
        var more = head[1] > 0x80 ? await connection.ReadAsync(head[1] & 0x7F, cancellationToken).ConfigureAwait(false) : [];
        var length = head[1] > 0x80 ? more.Aggregate(0L, (sum, one) => (sum << 8) | one) : head[1];
        return [.. head, .. more, .. await connection.ReadAsync((int)Math.Min(length, int.MaxValue), cancellationToken).ConfigureAwait(false)];
    }

    // The message SSLRequest: its length and the code 80877103. The answer is one byte.
    private async Task PostgresAsync(CancellationToken cancellationToken)
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), 80877103);
        await connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var answer = (await connection.ReadAsync(1, cancellationToken).ConfigureAwait(false))[0];
        if (answer == 'N')
            throw Refused("does not offer TLS", null);
        if (answer == 'E')
            throw Refused("refused the connection", null);
        if (answer != 'S')
            throw NotSpoken("the protocol of PostgreSQL", null);
    }

    private RenewalException Refused(string problem, string? answer) => new(
        ErrorId.StartTlsRefused, $"The server at {address.Authority} {problem}{(string.IsNullOrEmpty(answer) ? string.Empty : $": {PlainText.Excerpt(answer).TrimEnd('.')}")}.",
        "Configure TLS in the server and restart it, or name the port on which it begins with TLS (smtps://, imaps://, ldaps://, tls://).");

    private RenewalException NotSpoken(string protocol, string? line) => new(
        ErrorId.ServerAnswerInvalid, $"The server at {address.Authority} does not speak {protocol}{(string.IsNullOrWhiteSpace(line) ? string.Empty : $"; it sent: {PlainText.Excerpt(line)}")}.",
        "Check the address and the port. A server that begins with TLS at once is named by tls://host:port.");
}
