using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace StepCaRenew.DevCa.Pki;

/// <summary>step-ca's extension with the provisioner of a leaf: type, name, credential id.</summary>
public static class ProvisionerExtension
{
    /// <summary>Its object identifier.</summary>
    public const string Oid = "1.3.6.1.4.1.37476.9000.64.1";

    private const int TypeJwk = 1;

    /// <summary>Makes the extension of a JWK provisioner.</summary>
    public static X509Extension Create(string name, string keyId)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(TypeJwk);
            writer.WriteOctetString(Encoding.UTF8.GetBytes(name));
            writer.WriteOctetString(Encoding.UTF8.GetBytes(keyId));
        }
        return new X509Extension(Oid, writer.Encode(), critical: false);
    }

    /// <summary>Reads name and key id; null if the certificate does not have the extension.</summary>
    public static (string Name, string KeyId)? Read(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (certificate.Extensions.FirstOrDefault(e => e.Oid!.Value == Oid) is not { } extension)
            return null;
        var sequence = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        sequence.ReadInteger();
        return (Encoding.UTF8.GetString(sequence.ReadOctetString()), Encoding.UTF8.GetString(sequence.ReadOctetString()));
    }
}
