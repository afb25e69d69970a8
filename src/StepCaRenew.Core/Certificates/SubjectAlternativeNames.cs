using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>The subject alternative names of a certificate by kind (RFC 5280 section 4.2.1.6).</summary>
internal sealed class SubjectAlternativeNames
{
    private const string Oid = "2.5.29.17";

    private readonly List<string> dnsNames = [];
    private readonly List<string> ipAddresses = [];
    private readonly List<string> emailAddresses = [];
    private readonly List<string> uris = [];
    private readonly SortedSet<string> encoded = new(StringComparer.Ordinal);

    private SubjectAlternativeNames()
    {
    }

    /// <summary>Host names.</summary>
    public IReadOnlyList<string> DnsNames => dnsNames;

    /// <summary>IP addresses.</summary>
    public IReadOnlyList<string> IPAddresses => ipAddresses;

    /// <summary>Mail addresses.</summary>
    public IReadOnlyList<string> EmailAddresses => emailAddresses;

    /// <summary>URIs.</summary>
    public IReadOnlyList<string> Uris => uris;

    /// <summary>Whether there are names of another kind, or names that cannot be read.</summary>
    public bool HasOthers { get; private set; }

    // The value of the extension; empty if there is none.
    private byte[] Encoded { get; set; } = [];

    /// <summary>Reads the names of a certificate; damaged names set <see cref="HasOthers"/>.</summary>
    public static SubjectAlternativeNames FromCertificate(X509Certificate2 certificate)
    {
        var names = new SubjectAlternativeNames();
        if (certificate.Extensions[Oid] is { } extension)
            names.Read(names.Encoded = extension.RawData);
        return names;
    }

    /// <summary>Makes names of texts; each is written as it is.</summary>
    /// <param name="dnsNames">Host names, ASCII.</param>
    /// <param name="ipAddresses">IP addresses.</param>
    /// <param name="emailAddresses">Mail addresses, ASCII.</param>
    /// <param name="uris">URIs, ASCII.</param>
    public static SubjectAlternativeNames Create(
        IEnumerable<string> dnsNames, IEnumerable<IPAddress> ipAddresses, IEnumerable<string> emailAddresses, IEnumerable<string> uris)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteTexts(writer, 2, dnsNames);
            foreach (var address in ipAddresses)
                writer.WriteOctetString(address.GetAddressBytes(), Tag(7));
            WriteTexts(writer, 1, emailAddresses);
            WriteTexts(writer, 6, uris);
        }

        var names = new SubjectAlternativeNames { Encoded = writer.Encode() };
        names.Read(names.Encoded);
        return names;
    }

    /// <summary>The extension of a signing request.</summary>
    public X509Extension ToExtension() => new(Oid, Encoded, critical: false);

    /// <summary>Whether both have the same names of all kinds, in any order.</summary>
    public bool SameAs(SubjectAlternativeNames other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return encoded.SetEquals(other.encoded);
    }

    /// <summary>The names that can be read, separated by commas.</summary>
    public override string ToString() => string.Join(", ", dnsNames.Concat(ipAddresses).Concat(emailAddresses).Concat(uris));

    /// <summary>All names as text, each with its kind.</summary>
    public IReadOnlyList<string> Describe() =>
    [
        .. dnsNames.Select(name => $"DNS:{name}"), .. ipAddresses.Select(name => $"IP:{name}"), .. emailAddresses.Select(name => $"email:{name}"), .. uris.Select(name => $"URI:{name}"),
        .. HasOthers ? encoded.Select(name => $"DER:{name}") : [],
    ];

    // The names are [1], [2], [6] and [7] IMPLICIT of GeneralName.
    private static Asn1Tag Tag(int kind) => new(TagClass.ContextSpecific, kind);

    private static void WriteTexts(AsnWriter writer, int kind, IEnumerable<string> texts)
    {
        foreach (var text in texts)
            writer.WriteCharacterString(UniversalTagNumber.IA5String, text, Tag(kind));
    }

    private void Read(byte[] data)
    {
        try
        {
            var sequence = new AsnReader(data, AsnEncodingRules.DER).ReadSequence();
            while (sequence.HasData)
            {
                encoded.Add(Convert.ToHexString(sequence.PeekEncodedValue().Span));
                ReadName(sequence);
            }
        }
        catch (Exception e) when (e is AsnContentException or ArgumentException)
        {
            encoded.Add(Convert.ToHexString(data));
            HasOthers = true;
        }
    }

    private void ReadName(AsnReader names)
    {
        var tag = names.PeekTag();
        switch (tag.TagValue)
        {
            case 1:
                emailAddresses.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                break;
            case 2:
                dnsNames.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                break;
            case 6:
                uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                break;
            case 7:
                ipAddresses.Add(new IPAddress(names.ReadOctetString(tag)).ToString());
                break;
            default:
                names.ReadEncodedValue();
                HasOthers = true;
                break;
        }
    }
}
