using System.Buffers.Binary;

namespace StepCaRenew.Servers;

/// <summary>Reads the records that a server sent in a TLS handshake (RFC 5246), as far as they are not encrypted.</summary>
internal static class TlsRecords
{
    private const int RecordHeader = 5;
    private const int MessageHeader = 4;
    private const byte Alert = 21;
    private const byte Handshake = 22;
    private const byte Certificate = 11;

    /// <summary>Whether bytes begin as TLS does: with a record of the handshake, or an alert.</summary>
    public static bool IsTls(ReadOnlyMemory<byte> bytes) => bytes.Span is [Handshake or Alert, 3, ..];

    /// <summary>
    /// The certificates of the server, its own first. Before TLS 1.3 they are not encrypted; the platform does not report them if the server then
    /// ends the handshake. Empty if there are none.
    /// </summary>
    public static IReadOnlyList<byte[]> FindCertificates(ReadOnlyMemory<byte> bytes)
    {
        var messages = ReadMessages(bytes.Span);
        for (ReadOnlySpan<byte> rest = messages; rest.Length >= MessageHeader;)
        {
            var length = ReadLength(rest[1..]);
            if (rest.Length < MessageHeader + length)
                break;
            if (rest[0] == Certificate)
                return ReadCertificates(rest.Slice(MessageHeader, length));
            rest = rest[(MessageHeader + length)..];
        }

        return [];
    }

    // The contents of the records up to the first encrypted one: a message can be split.
    private static byte[] ReadMessages(ReadOnlySpan<byte> bytes)
    {
        var messages = new List<byte>();
        while (bytes.Length >= RecordHeader && bytes[0] == Handshake)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            if (bytes.Length < RecordHeader + length)
                break;
            messages.AddRange(bytes.Slice(RecordHeader, length));
            bytes = bytes[(RecordHeader + length)..];
        }

        return [.. messages];
    }

    private static List<byte[]> ReadCertificates(ReadOnlySpan<byte> message)
    {
        var certificates = new List<byte[]>();
        for (var rest = message.Length >= 3 ? message[3..] : []; rest.Length >= 3;)
        {
            var length = ReadLength(rest);
            if (length == 0 || rest.Length < 3 + length)
                return [];
            certificates.Add(rest.Slice(3, length).ToArray());
            rest = rest[(3 + length)..];
        }

        return certificates;
    }

    private static int ReadLength(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
}
