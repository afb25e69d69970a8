using StepCaRenew.Actions;

namespace StepCaRenew.Unit.Actions;

public sealed class OutputCleanerTests
{
    [Theory]
    [InlineData("a\n-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\nb", "a\n(a private key)\nb")]
    [InlineData("a\n-----BEGIN EC PRIVATE KEY-----\nMIGH\ncut", "a\n(a private key)")]
    [InlineData("MIGH\n-----END RSA PRIVATE KEY-----\nb", "(a private key)\nb")]
    [InlineData("token eyJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln end", "token (a token) end")]
    [InlineData("\u001b[31mred\u001b[0m\tand\r\nmore\n\n", "?[31mred?[0m\tand\nmore")]
    [InlineData("a\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\nMIGH+w==\nb c", "a\n(base64)\nb c")]
    [InlineData("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA", "(base64)")]
    [InlineData("  MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAA\r\nb c", "(base64)\nb c")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAAx", "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAAAAAAAAAAAAAAx")]
    [InlineData("-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----")]
    public void Output_IsFitForALog(string output, string expected) => Assert.Equal(expected, OutputCleaner.Clean(output));

    [Theory]
    [InlineData("", "")]
    [InlineData("\n \n", "")]
    [InlineData("one\ntwo\n\n", "two")]
    public void LastLine_IsTheLastThatSaysSomething(string output, string expected) => Assert.Equal(expected, OutputCleaner.LastLine(output));

    [Fact]
    public void LastLine_IsBounded() => Assert.Equal(301, OutputCleaner.LastLine(new string('x', 5000)).Length);
}
