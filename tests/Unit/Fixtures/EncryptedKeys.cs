using System.Formats.Asn1;
using System.Numerics;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>Changes the parameters of encrypted PKCS#8 keys.</summary>
internal static class EncryptedKeys
{
    /// <summary>Another number of PBKDF2 iterations; the key can then not be decrypted any more.</summary>
    public static byte[] WithIterations(byte[] der, BigInteger iterations)
    {
        var info = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var algorithm = info.ReadSequence();
        var (scheme, parameters) = (algorithm.ReadObjectIdentifier(), algorithm.ReadSequence());
        var derivation = parameters.ReadSequence();
        var (function, values) = (derivation.ReadObjectIdentifier(), derivation.ReadSequence());
        var salt = values.ReadOctetString();
        values.ReadInteger();

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(scheme);
                using (writer.PushSequence())
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(function);
                        using (writer.PushSequence())
                        {
                            writer.WriteOctetString(salt);
                            writer.WriteInteger(iterations);
                            while (values.HasData)
                                writer.WriteEncodedValue(values.ReadEncodedValue().Span);
                        }
                    }

                    writer.WriteEncodedValue(parameters.ReadEncodedValue().Span);
                }
            }

            writer.WriteEncodedValue(info.ReadEncodedValue().Span);
        }

        return writer.Encode();
    }
}
