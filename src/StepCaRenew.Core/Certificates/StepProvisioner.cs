using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace StepCaRenew.Certificates;

/// <summary>The provisioner that issued a certificate, from the extension that step-ca writes into the leaf.</summary>
/// <param name="Type">The type, such as <c>JWK</c> or <c>ACME</c>.</param>
/// <param name="Name">Its name in the CA's configuration.</param>
/// <param name="CredentialId">The id of its key, or empty.</param>
internal sealed record StepProvisioner(string Type, string Name, string CredentialId)
{
    /// <summary>The extension's OID, in the arc of Smallstep Labs.</summary>
    public const string Oid = "1.3.6.1.4.1.37476.9000.64.1";

    // provisioner.Type in smallstep/certificates, from 1.
    private static readonly string[] Types = ["", "JWK", "OIDC", "GCP", "AWS", "Azure", "ACME", "X5C", "K8sSA", "SSHPOP", "SCEP", "Nebula", "Wire"];

    /// <summary>Reads the extension; null if it is missing or cannot be read.</summary>
    public static StepProvisioner? FromCertificate(X509Certificate2 certificate)
    {
        if (certificate.Extensions[Oid] is not { } extension)
            return null;
        try
        {
            var sequence = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            if (!sequence.TryReadInt32(out var type))
                return null;
            var name = Encoding.UTF8.GetString(sequence.ReadOctetString());
            var credential = Encoding.UTF8.GetString(sequence.ReadOctetString());
            return new StepProvisioner(type > 0 && type < Types.Length ? Types[type] : $"type {type}", name, credential);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
