using System.Formats.Asn1;
using StepCaRenew.Certificates;

namespace StepCaRenew.Unit.Certificates;

public sealed class CommonNameTests
{
    private const string Cn = "2.5.4.3";
    private const string O = "2.5.4.10";

    [Theory]
    [InlineData("CN=host.example.com", "host.example.com")]
    [InlineData("O=Example, CN=host, C=DE", "host")]
    [InlineData("CN=\"Example, Inc.\"", "Example, Inc.")]
    [InlineData("CN=\"say \"\"yes\"\"\"", "say \"yes\"")]
    [InlineData("CN=\"a=b+c;d\"", "a=b+c;d")]
    [InlineData("CN=\"  spaces  \"", "  spaces  ")]
    [InlineData("CN=B\u00fcro \u20ac", "B\u00fcro \u20ac")]
    [InlineData("O=Example", "")]
    [InlineData("", "")]
    public void FromCertificate_Subject_IsItsName(string subject, string expected) => Assert.Equal(expected, Of(new LeafSpec { Subject = subject }));

    [Fact]
    public void FromCertificate_MultiValuedName_IsFound() => Assert.Equal("host", Of([(O, "Example"), (Cn, "host")]));

    [Fact]
    public void FromCertificate_SeveralNames_TakesTheLastAsGoDoes() => Assert.Equal("second", Of([(Cn, "first")], [(O, "x")], [(Cn, "second")]));

    private static string Of(params (string Oid, string Value)[][] names)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var name in names)
            {
                using (writer.PushSetOf())
                {
                    foreach (var (oid, value) in name)
                    {
                        using (writer.PushSequence())
                        {
                            writer.WriteObjectIdentifier(oid);
                            writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
                        }
                    }
                }
            }
        }

        return Of(new LeafSpec { SubjectDer = writer.Encode() });
    }

    private static string Of(LeafSpec spec) => CommonName.FromCertificate(TestAuthority.Default.Issue(spec).Leaf);
}
