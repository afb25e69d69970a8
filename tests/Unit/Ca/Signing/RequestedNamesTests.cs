using StepCaRenew.Ca.Signing;

namespace StepCaRenew.Unit.Ca.Signing;

public sealed class RequestedNamesTests
{
    // The kinds as step-ca sorts them: x509util.SplitSANs.
    [Theory]
    [InlineData("web.example.com", "dns", "web.example.com")]
    [InlineData("Web.Example.COM", "dns", "Web.Example.COM")]
    [InlineData("*.example.com", "dns", "*.example.com")]
    [InlineData("localhost", "dns", "localhost")]
    [InlineData("My Service", "dns", "My Service")]
    [InlineData("a'; rm -rf / #", "dns", "a'; rm -rf / #")]
    [InlineData("bücher.example", "dns", "xn--bcher-kva.example")]
    [InlineData("1.2.3", "dns", "1.2.3")]
    [InlineData("010.0.0.1", "dns", "010.0.0.1")]
    [InlineData("256.0.0.1", "dns", "256.0.0.1")]
    [InlineData("0x7f.1", "dns", "0x7f.1")]
    [InlineData("1", "dns", "1")]
    [InlineData("10.0.0.1", "ip", "10.0.0.1")]
    [InlineData("2001:DB8:0::1", "ip", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "ip", "2001:db8::1")]
    [InlineData("::ffff:10.0.0.1", "ip", "10.0.0.1")]
    [InlineData("me@example.com", "mail", "me@example.com")]
    [InlineData("spiffe://example.com/Web", "uri", "spiffe://example.com/Web")]
    [InlineData("HTTPS://Example.com/%20", "uri", "https://Example.com/%20")]
    [InlineData("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "uri", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6")]
    [InlineData("mailto:me@example.com", "uri", "mailto:me@example.com")]
    [InlineData("host:8080", "uri", "host:8080")]
    public void Parse_Name_IsOfTheKindThatTheCaMakesIt(string name, string kind, string text)
    {
        var names = RequestedNames.Parse([name]);
        Assert.Equal([text], names.Texts);
        var found = names.Names;
        Assert.Equal([text], kind switch { "ip" => found.IPAddresses, "mail" => found.EmailAddresses, "uri" => found.Uris, _ => found.DnsNames });
        Assert.Equal(text, found.ToString());
        Assert.False(found.HasOthers);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u202Eb@example.com")]
    [InlineData("mé@example.com")]
    [InlineData("https://example.com/a b")]
    [InlineData("https://example.com/%zz")]
    [InlineData("https://exämple.com/")]
    [InlineData("fe80::1%eth0")]
    [InlineData("ü..ü")]
    [InlineData("web.example.com:8443")]
    [InlineData("10.0.0.1:443")]
    [InlineData("[::1]:443")]
    [InlineData("localhost:443")]
    [InlineData("a.example,b.example")]
    [InlineData("a.example, b.example")]
    public void Parse_NameThatACertificateCannotContain_IsRefused(string name) => Expect.Failure(ErrorId.CertificateNameInvalid, () => RequestedNames.Parse(["good.example", name]));

    [Fact]
    public void Parse_VeryLong_IsRefused() => Expect.Failure(ErrorId.CertificateNameInvalid, () => RequestedNames.Parse([new string('a', 100_000)]));

    [Fact]
    public void Parse_Duplicates_AreOne() => Assert.Equal(["a", "b"], RequestedNames.Parse(["a", "b", "a"]).Texts);

    [Fact]
    public void Parse_OneNameWrittenInTwoWays_IsOne()
    {
        var names = RequestedNames.Parse(["::1", "0:0:0:0:0:0:0:1", "[::1]", "URN:x", "urn:x"]);
        Assert.Equal(["::1", "urn:x"], names.Texts);
        Assert.Equal(["::1"], names.Names.IPAddresses);
    }

    // The CA has the last word about the token of someone else.
    [Fact]
    public void FromToken_NamesThatAUserWouldNotMean_AreKept() =>
        Assert.Equal(["web.example.com:8443", "a,b", "[::1]"], RequestedNames.FromToken(["web.example.com:8443", "a,b", "[::1]"]).Texts);

    [Fact]
    public void DescribeDifference_SameNamesInOtherOrder_IsNull() =>
        Assert.Null(RequestedNames.Parse(["a", "10.0.0.1", "b"]).DescribeDifference(RequestedNames.FromToken(["b", "a", "10.0.0.1"])));

    [Theory]
    [InlineData("a", "DNS names: a instead of A")]
    [InlineData("10.0.0.1", "DNS names: none instead of A; IP addresses: 10.0.0.1 instead of none")]
    [InlineData("me@x.org", "DNS names: none instead of A; mail addresses: me@x.org instead of none")]
    [InlineData("urn:x", "DNS names: none instead of A; URIs: urn:x instead of none")]
    public void DescribeDifference_OtherNames_NamesBothPerKind(string name, string difference) =>
        Assert.Equal(difference, RequestedNames.Parse([name]).DescribeDifference(RequestedNames.FromToken(["A"])));

    [Theory]
    [InlineData(" web.example.com ", "web.example.com")]
    [InlineData("My Service Ü", "My Service Ü")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    public void ParseSubject_Text_IsTheCommonName(string text, string subject) => Assert.Equal(subject, RequestedNames.ParseSubject(text));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\tb")]
    public void ParseSubject_NoName_IsRefused(string text) => Expect.Failure(ErrorId.CertificateNameInvalid, () => RequestedNames.ParseSubject(text));
}
