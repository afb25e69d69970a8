using System.Formats.Asn1;
using System.Net.Sockets;
using System.Text;
using StepCaRenew.Servers;

namespace StepCaRenew.Unit.Servers;

/// <summary>Servers that speak another protocol before TLS: scripts of what they get and what they answer.</summary>
public sealed class StartTlsHandshakeTests
{
    private const string SslRequest = "\0\0\0\u0008\u0004\u00d2\u0016\u002f";

    private static readonly TestPair Pair = TestAuthority.Default.Issue();

    // An LDAPMessage with the request, as in RFC 4511.
    private static readonly string LdapRequest = Latin(Convert.FromHexString("301D02010177188016312E332E362E312E342E312E313436362E3230303337"));

    /// <summary>Each step is the text that the client must send, and the answer. The greeting follows an empty text.</summary>
    public static TheoryData<string, string[]> Working { get; } = new()
    {
        { "smtp", ["", "220 mail.example.com ESMTP\r\n", "EHLO [127.0.0.1]\r\n", "250-mail.example.com\r\n250-SIZE 1000\r\n250 STARTTLS\r\n", "STARTTLS\r\n", "220 go\r\n"] },
        { "smtp", ["", "220-two\r\n220 lines\r\n", "EHLO [127.0.0.1]\r\n", "250-mail\r\n250-starttls\r\n250 HELP\r\n", "STARTTLS\r\n", "220-go\r\n220\r\n"] },
        { "imap", ["", "* OK IMAP4rev1 ready\r\n", "a1 STARTTLS\r\n", "a1 OK begin TLS\r\n"] },
        { "imap", ["", "* ok\n", "a1 STARTTLS\r\n", "* CAPABILITY IMAP4rev1\r\n* BAD no harm\r\nA1 ok\r\n"] },
        { "ldap", [LdapRequest, LdapAnswer(1, 0)] },
        { "ldap", [LdapRequest, LdapAnswer(1, 0, name: "1.3.6.1.4.1.1466.20037")] },
        { "ldap", [LdapRequest, LdapAnswer(1, 0, isLong: true)] },
        { "postgres", [SslRequest, "S"] },
    };

    public static TheoryData<string, string[], string> Refusing { get; } = new()
    {
        { "smtp", ["", "554 no service\r\n"], "no service" },
        { "smtp", ["", "220 mail\r\n", "EHLO [127.0.0.1]\r\n", "502 unknown\r\n"], "refused EHLO: unknown" },
        { "smtp", ["", "220 mail\r\n", "EHLO [127.0.0.1]\r\n", "250-STARTTLS\r\n250 SIZE\r\n"], "does not offer STARTTLS" },
        { "smtp", ["", "220 mail\r\n", "EHLO [127.0.0.1]\r\n", "250-mail\r\n250 STARTTLS\r\n", "STARTTLS\r\n", "454 TLS not available\r\n"], "refused STARTTLS: 454 TLS not available." },
        { "imap", ["", "* BYE too many connections\r\n"], "BYE too many connections" },
        { "imap", ["", "* PREAUTH logged in\r\n"], "PREAUTH" },
        { "imap", ["", "* OK\r\n", "a1 STARTTLS\r\n", "a1 NO not configured\r\n"], "NO not configured" },
        { "imap", ["", "* OK\r\n", "a1 STARTTLS\r\n", "a1 BAD unknown command\r\n"], "BAD unknown command" },
        { "ldap", [LdapRequest, LdapAnswer(1, 2, "unsupported extended operation")], "result 2, unsupported extended operation" },
        { "ldap", [LdapRequest, LdapAnswer(0, 52, "shutting down")], "result 52, shutting down" },
        { "postgres", [SslRequest, "N"], "does not offer TLS" },
        { "postgres", [SslRequest, "EFATAL\0"], "refused the connection" },
    };

    public static TheoryData<string, string[]> OtherProtocols { get; } = new()
    {
        { "smtp", ["", "* OK IMAP ready\r\n"] },
        { "smtp", ["", "22\r\n"] },
        { "smtp", ["", "220 mail\r\n", "EHLO [127.0.0.1]\r\n", "2500 mail\r\n"] },
        { "imap", ["", "220 mail\r\n"] },
        { "imap", ["", "* OK\r\n", "a1 STARTTLS\r\n", "+ continue\r\n"] },
        { "ldap", [LdapRequest, "HTTP/1.1 400\r\n\r\n"] },
        { "ldap", [LdapRequest, "0\u0080"] },
        { "ldap", [LdapRequest, "0\u0084\u00ff\u00ff\u00ff\u00ff"] },
        { "ldap", [LdapRequest, "0\u0003\u0002\u0001\u0001"] },
        { "ldap", [LdapRequest, "0\u0005\u0002\u0001\u0001\u0078\u0000"] },
        { "postgres", [SslRequest, "HTTP/1.1 400\r\n"] },
    };

    [Theory]
    [MemberData(nameof(Working))]
    public async Task Fetch_ServerThatBeginsTls_ShowsItsCertificate(string scheme, string[] script)
    {
        using var server = Play(script);
        using var served = await new ServerClient(TimeProvider.System).FetchAsync(ServerClientTests.AddressOf(server, scheme), null, TimeSpan.FromSeconds(20), CancellationToken.None);
        Assert.Equal(Pair.Leaf.SerialNumber, served.Leaf.SerialNumber);
    }

    [Theory]
    [MemberData(nameof(Refusing))]
    public async Task Fetch_ServerThatRefuses_IsAnErrorWithItsReason(string scheme, string[] script, string reason)
    {
        using var server = Play(script);
        var error = await ServerClientTests.FailsAsync(ErrorId.StartTlsRefused, ServerClientTests.AddressOf(server, scheme));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OtherProtocols))]
    public async Task Fetch_ServerOfAnotherProtocol_IsAnError(string scheme, string[] script)
    {
        using var server = Play(script);
        await ServerClientTests.FailsAsync(ErrorId.ServerAnswerInvalid, ServerClientTests.AddressOf(server, scheme));
    }

    // The kind of CVE-2011-0411 and CVE-2021-23222: an attacker puts text after the answer, which a client could take for a part of the TLS session.
    [Theory]
    [MemberData(nameof(Working))]
    public async Task Fetch_MoreClearTextAfterTheAnswer_IsRefused(string scheme, string[] script)
    {
        script = [.. script];
        script[^1] += "250 forged\r\n";
        using var server = Play(script);
        var error = await ServerClientTests.FailsAsync(ErrorId.ServerAnswerInvalid, ServerClientTests.AddressOf(server, scheme));
        Assert.Contains("in clear text", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.ServerNames);
    }

    [Theory]
    [InlineData("smtp")]
    [InlineData("imap")]
    [InlineData("ldap")]
    [InlineData("postgres")]
    public async Task Fetch_ServerThatCloses_IsUnreachable(string scheme)
    {
        using var server = new TestTlsServer { Before = (_, _) => Task.FromResult(false) };
        await ServerClientTests.FailsAsync(ErrorId.ServerUnreachable, ServerClientTests.AddressOf(server, scheme));
    }

    [Fact]
    public async Task Fetch_ControlCharactersInAnAnswer_AreNotShown()
    {
        using var server = Play(["", "554 \u001b]0;title\u0007\u001b[31mred\r\n"]);
        var error = await ServerClientTests.FailsAsync(ErrorId.StartTlsRefused, ServerClientTests.AddressOf(server, "smtp"));
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    private static TestTlsServer Play(string[] script) => new()
    {
        Certificate = _ => TestTlsServer.Context(Pair),
        Before = async (stream, end) =>
        {
            for (var step = 0; step < script.Length; step += 2)
            {
                if (await ReadAsync(stream, script[step].Length, end) != script[step])
                    return false;
                await stream.WriteAsync(Encoding.Latin1.GetBytes(script[step + 1]), end);
            }

            return true;
        },
    };

    private static async Task<string> ReadAsync(NetworkStream stream, int count, CancellationToken end)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, end);
        return Latin(bytes);
    }

    private static string LdapAnswer(int id, int code, string reason = "", string? name = null, bool isLong = false)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        writer.WriteInteger(id);
        using (writer.PushSequence(new Asn1Tag(TagClass.Application, 24)))
        {
            writer.WriteEncodedValue([0x0A, 0x01, (byte)code]);
            writer.WriteOctetString([]);
            writer.WriteOctetString(Encoding.UTF8.GetBytes(reason));
            if (name is not null)
                writer.WriteOctetString(Encoding.ASCII.GetBytes(name), new Asn1Tag(TagClass.ContextSpecific, 10));
        }

        var content = writer.Encode();
        // OpenLDAP writes lengths in one byte, Active Directory in four.
        return Latin([0x30, .. isLong ? new byte[] { 0x84, 0, 0, 0, (byte)content.Length } : [(byte)content.Length], .. content]);
    }

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
