using StepCaRenew.Certificates;

namespace StepCaRenew.Unit.Certificates;

public sealed class SubjectAlternativeNamesTests
{
    private static readonly LeafSpec Spec = new()
    {
        DnsNames = ["a.example.com", "*.b.example.com"],
        IPAddresses = ["10.0.0.1", "2001:db8::1"],
        EmailAddresses = ["admin@example.com"],
        Uris = ["spiffe://example.com/service"],
    };

    [Fact]
    public void FromCertificate_AllKinds_AreSeparated()
    {
        var names = Of(Spec);
        Assert.Equal(["a.example.com", "*.b.example.com"], names.DnsNames);
        Assert.Equal(["10.0.0.1", "2001:db8::1"], names.IPAddresses);
        Assert.Equal(["admin@example.com"], names.EmailAddresses);
        Assert.Equal(["spiffe://example.com/service"], names.Uris);
    }

    [Fact]
    public void FromCertificate_NoExtension_IsEmpty()
    {
        var names = Of(new LeafSpec { DnsNames = [] });
        Assert.Empty(names.DnsNames);
        Assert.True(names.SameAs(Of(new LeafSpec { DnsNames = [] })));
    }

    [Fact]
    public void SameAs_OtherOrder_IsSame() =>
        Assert.True(Of(Spec).SameAs(Of(Spec with { DnsNames = ["*.b.example.com", "a.example.com"] })));

    public static TheoryData<string> Differences => ["a name less", "a name more", "another IP address", "another mail address", "another URI", "none at all"];

    [Theory]
    [MemberData(nameof(Differences))]
    public void SameAs_AnyDifference_IsNotSame(string difference)
    {
        var other = difference switch
        {
            "a name less" => Spec with { DnsNames = ["a.example.com"] },
            "a name more" => Spec with { DnsNames = [.. Spec.DnsNames, "c.example.com"] },
            "another IP address" => Spec with { IPAddresses = ["10.0.0.1", "2001:db8::2"] },
            "another mail address" => Spec with { EmailAddresses = ["root@example.com"] },
            "another URI" => Spec with { Uris = ["spiffe://example.com/other"] },
            _ => Spec with { DnsNames = [], IPAddresses = [], EmailAddresses = [], Uris = [] },
        };
        Assert.False(Of(Spec).SameAs(Of(other)));
        Assert.False(Of(other).SameAs(Of(Spec)));
    }

    [Fact]
    public void SameAs_SameTextOfAnotherKind_IsNotSame() =>
        Assert.False(Of(new LeafSpec { DnsNames = ["10.0.0.1"] }).SameAs(Of(new LeafSpec { DnsNames = [], IPAddresses = ["10.0.0.1"] })));

    [Fact]
    public void FromCertificate_DamagedExtension_HasNoName_ButDiffersFromNone()
    {
        var damaged = Of(new LeafSpec { DnsNames = [], Extensions = [("2.5.29.17", [0x30, 0x05, 0x82])] });
        Assert.Empty(damaged.DnsNames);
        Assert.False(damaged.SameAs(Of(new LeafSpec { DnsNames = [] })));
    }

    [Fact]
    public void FromCertificate_IPAddressOfSevenBytes_DoesNotThrow()
    {
        var names = Of(new LeafSpec { DnsNames = [], Extensions = [("2.5.29.17", [0x30, 0x09, 0x87, 0x07, 1, 2, 3, 4, 5, 6, 7])] });
        Assert.Empty(names.IPAddresses);
    }

    private static SubjectAlternativeNames Of(LeafSpec spec) => SubjectAlternativeNames.FromCertificate(TestAuthority.Default.Issue(spec).Leaf);
}
