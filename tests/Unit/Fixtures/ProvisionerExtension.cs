using System.Formats.Asn1;
using System.Text;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>The extension with which step-ca names the provisioner of a leaf.</summary>
internal static class ProvisionerExtension
{
    public static byte[] Encode(int type, string name, string credentialId, params string[] keyValuePairs)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(type);
            writer.WriteOctetString(Encoding.UTF8.GetBytes(name));
            writer.WriteOctetString(Encoding.UTF8.GetBytes(credentialId));
            if (keyValuePairs.Length > 0)
            {
                using (writer.PushSequence())
                {
                    foreach (var one in keyValuePairs)
                        writer.WriteCharacterString(UniversalTagNumber.UTF8String, one);
                }
            }
        }

        return writer.Encode();
    }
}
