using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.DevCa.Pki;

/// <summary>A subject with only a common name, in the string type that Go uses: PrintableString if possible.</summary>
internal static class Subject
{
    private const string CommonName = "2.5.4.3";
    private const string Punctuation = " '()+,-./:=?";

    public static X500DistinguishedName WithCommonName(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        var printable = name.All(c => char.IsAsciiLetterOrDigit(c) || Punctuation.Contains(c, StringComparison.Ordinal));
        builder.Add(CommonName, name, printable ? UniversalTagNumber.PrintableString : UniversalTagNumber.UTF8String);
        return builder.Build();
    }
}
