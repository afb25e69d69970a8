using StepCaRenew.Servers;

namespace StepCaRenew.Unit.Servers;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("https://web.example.com", "https://web.example.com:443")]
    [InlineData("https://web.example.com/path?query#part", "https://web.example.com:443")]
    [InlineData("HTTPS://Web.Example.COM:8443", "https://web.example.com:8443")]
    [InlineData("smtp://mail.example.com", "smtp://mail.example.com:25")]
    [InlineData("smtps://mail.example.com", "smtps://mail.example.com:465")]
    [InlineData("imap://mail.example.com", "imap://mail.example.com:143")]
    [InlineData("imaps://mail.example.com", "imaps://mail.example.com:993")]
    [InlineData("ldap://ldap.example.com", "ldap://ldap.example.com:389")]
    [InlineData("ldaps://ldap.example.com", "ldaps://ldap.example.com:636")]
    [InlineData("postgres://db.example.com", "postgres://db.example.com:5432")]
    [InlineData("postgresql://db.example.com:5433/name", "postgresql://db.example.com:5433")]
    [InlineData("tls://host:8883", "tls://host:8883")]
    [InlineData("host:8883", "tls://host:8883")]
    [InlineData("127.0.0.1:8883", "tls://127.0.0.1:8883")]
    [InlineData("[::1]:8883", "tls://[::1]:8883")]
    [InlineData("https://[2001:DB8::1]", "https://[2001:db8::1]:443")]
    [InlineData("https://b\u00fccher.example", "https://xn--bcher-kva.example:443")]
    public void Parse_Address_IsReadBackFromItsText(string text, string expected)
    {
        var address = ServerAddress.Parse(text);
        Assert.Equal(expected, address.Text);
        Assert.Equal(address, ServerAddress.Parse(address.Text));
    }

    [Theory]
    [InlineData("", "is not the address")]
    [InlineData("host", "names no port")]
    [InlineData("tls://host", "names no port")]
    [InlineData("https://host:0", "names no port")]
    [InlineData("host:65536", "is not the address")]
    [InlineData("::1:443", "is not the address")]
    [InlineData("::1", "is not the address")]
    [InlineData("ftp://host", "'ftp'")]
    [InlineData("host:443/path", "is not a host and a port")]
    [InlineData("https://", "is not the address")]
    [InlineData("https:///path", "is not the address")]
    [InlineData("two words:443", "is not the address")]
    public void Parse_OtherText_IsAnError(string text, string reason) =>
        Assert.Contains(reason, Expect.Failure(ErrorId.ServerAddressInvalid, () => ServerAddress.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("postgres://user:secret-word@db.example.com")]
    [InlineData("user:secret-word@db.example.com:5432")]
    public void Parse_Password_IsRefusedAndNotShown(string text) =>
        Expect.NoSecret("secret-word", Expect.Failure(ErrorId.ServerAddressInvalid, () => ServerAddress.Parse(text)));

    [Theory]
    [InlineData("mail.example.com:587", StartTls.Smtp, "smtp://mail.example.com:587")]
    [InlineData("mail.example.com", StartTls.Imap, "imap://mail.example.com:143")]
    [InlineData("[::1]", StartTls.Ldap, "ldap://[::1]:389")]
    [InlineData("db:5432", StartTls.Postgres, "postgres://db:5432")]
    [InlineData("db:5432", StartTls.None, "tls://db:5432")]
    internal void ParseEndpoint_HostAndPort_HasTheProtocol(string text, StartTls startTls, string expected)
    {
        var address = ServerAddress.ParseEndpoint(text, startTls);
        Assert.Equal((expected, startTls), (address.Text, address.StartTls));
    }

    [Theory]
    [InlineData("https://host:443", StartTls.None)]
    [InlineData("https://host:443", StartTls.Smtp)]
    [InlineData("host:25/path", StartTls.Smtp)]
    [InlineData("host", StartTls.None)]
    internal void ParseEndpoint_OtherText_IsAnError(string text, StartTls startTls) =>
        Expect.Failure(ErrorId.ServerAddressInvalid, () => ServerAddress.ParseEndpoint(text, startTls));

    [Theory]
    [InlineData("https://web.example.com.", "web.example.com")]
    [InlineData("https://127.0.0.1", null)]
    [InlineData("https://[::1]", null)]
    public void ServerName_IPAddress_HasNone(string text, string? expected) => Assert.Equal(expected, ServerAddress.Parse(text).ServerName);
}
