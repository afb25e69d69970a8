using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pfx;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.Certificates.Pfx;

/// <summary>Makes PFX files as other programs write them, by .NET's classes and not by the product's.</summary>
internal static class PfxBuilder
{
    public const string Secret = "secret";

    public static readonly PbeParameters AesForm = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2000);
    public static readonly PbeParameters TripleDesForm = new(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, 2000);

    // The password is not wiped: the file that is written in the form of this one gets it too.
    public static PfxFile Read(byte[] bytes, string? password = Secret) =>
        PfxFile.Parse(new InputFile("web.pfx", bytes, default), password is null ? null : new KeyPassword(password));

    /// <summary>A file with these parts, each of which is encrypted.</summary>
    public static byte[] Build(string? password, PbeParameters parameters, HashAlgorithmName? mac, params Action<Pkcs12SafeContents>[] parts)
    {
        var builder = new Pkcs12Builder();
        foreach (var part in parts)
        {
            var contents = new Pkcs12SafeContents();
            part(contents);
            builder.AddSafeContentsEncrypted(contents, password, parameters);
        }

        if (mac is { } hash)
            builder.SealWithMac(password, hash, parameters.IterationCount);
        else
            builder.SealWithoutIntegrity();
        return builder.Encode();
    }

    public static Action<Pkcs12SafeContents> Certificate(X509Certificate2 certificate, params AsnEncodedData[] attributes) => contents => Add(contents.AddCertificate(certificate), attributes);

    public static Action<Pkcs12SafeContents> Key(AsymmetricAlgorithm key, string? password, PbeParameters parameters, params AsnEncodedData[] attributes) => contents =>
    {
        var encrypted = Pkcs8PrivateKeyInfo.Decode(key.ExportPkcs8PrivateKey(), out _).Encrypt(password, parameters);
        Add(new Pkcs12ShroudedKeyBag(encrypted), attributes, contents);
    };

    public static Action<Pkcs12SafeContents> PlainKey(AsymmetricAlgorithm key, params AsnEncodedData[] attributes) => contents => Add(contents.AddKeyUnencrypted(key), attributes);

    public static AsnEncodedData Name(string name) => Encoded("1.2.840.113549.1.9.20", writer => writer.WriteCharacterString(UniversalTagNumber.BMPString, name));

    public static AsnEncodedData Provider(string name) => Encoded("1.3.6.1.4.1.311.17.1", writer => writer.WriteCharacterString(UniversalTagNumber.BMPString, name));

    public static AsnEncodedData KeyId(params byte[] id) => Encoded("1.2.840.113549.1.9.21", writer => writer.WriteOctetString(id));

    private static void Add(Pkcs12SafeBag bag, AsnEncodedData[] attributes, Pkcs12SafeContents? contents = null)
    {
        foreach (var attribute in attributes)
            bag.Attributes.Add(attribute);
        contents?.AddSafeBag(bag);
    }

    private static AsnEncodedData Encoded(string oid, Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return new AsnEncodedData(oid, writer.Encode());
    }
}
