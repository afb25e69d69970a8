using StepCaRenew.FollowUps;

namespace StepCaRenew.Unit.FollowUps;

public sealed class ServedCertificateTests
{
    private static readonly LeafSpec Spec = new() { Subject = "CN=web", DnsNames = ["web.local", "www.local"], IPAddresses = ["192.0.2.1"], EmailAddresses = ["a@b.example"], Uris = ["https://web.local/"] };

    [Fact]
    public void FromCertificate_Names_HaveTheirKinds() => Assert.Equal(
        ["DNS:web.local", "DNS:www.local", "IP:192.0.2.1", "email:a@b.example", "URI:https://web.local/"],
        ServedCertificate.FromCertificate(TestAuthority.Default.Issue(Spec).Leaf).Names);

    [Fact]
    public void FindDifference_OtherOrderAndSerialNumber_IsNone() =>
        Assert.Null(Served().FindDifference(TestAuthority.Default.Issue(Spec with { DnsNames = ["www.local", "web.local"] }).Leaf));

    [Theory]
    [InlineData("CN=other", "web.local", "192.0.2.1", "subject 'CN=other' instead of 'CN=web'")]
    [InlineData("CN=web", "evil.local", "192.0.2.1", "DNS:evil.local")]
    [InlineData("CN=web", "web.local", "192.0.2.2", "IP:192.0.2.2")]
    public void FindDifference_OtherNames_AreNamed(string subject, string name, string address, string expected) => Assert.Contains(
        expected, Served().FindDifference(TestAuthority.Default.Issue(Spec with { Subject = subject, DnsNames = [name, "www.local"], IPAddresses = [address] }).Leaf), StringComparison.Ordinal);

    // A name of one kind is not the same name of another kind.
    [Fact]
    public void FindDifference_SameTextOfAnotherKind_Differs() =>
        Assert.NotNull(Served().FindDifference(TestAuthority.Default.Issue(Spec with { DnsNames = ["web.local", "www.local", "https://web.local/"], Uris = [] }).Leaf));

    private static ServedCertificate Served() => ServedCertificate.FromCertificate(TestAuthority.Default.Issue(Spec).Leaf);
}
