using System.Diagnostics;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using static StepCaRenew.Unit.Certificates.Pfx.PfxBuilder;

namespace StepCaRenew.Unit.Certificates.Pfx;

/// <summary>Files that are damaged, or made to keep a reader busy: a clear error within a second each.</summary>
public sealed class HostilePfxTests(ITestOutputHelper output)
{
    private const string SeedVariable = "STEPCARENEW_FUZZ_SEED";
    private const string Data = "1.2.840.113549.1.7.1";
    private const string EncryptedData = "1.2.840.113549.1.7.6";
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";

    private static readonly TestAuthority Ca = TestAuthority.Default;
    private static readonly TestPair Web = Ca.Issue();
    private static readonly Asn1Tag Explicit = new(TagClass.ContextSpecific, 0);

    [Fact]
    public void Parse_ThousandDamagedFiles_AClearErrorWithinASecond()
    {
        var seed = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : 20261129;
        output.WriteLine($"{SeedVariable}={seed}");
        var damage = new RandomDamage(seed);
        byte[][] good =
        [
            Build(Secret, AesForm, HashAlgorithmName.SHA256, Certificate(Web.Leaf) + Certificate(Ca.Intermediate), Key(Web.Key, Secret, AesForm)),
            Build(Secret, TripleDesForm, HashAlgorithmName.SHA1, Key(Web.Key, Secret, TripleDesForm), Certificate(Web.Leaf)),
            // Without a MAC, the damage gets as far as the entries.
            Build(null, AesForm, null, PlainKey(Web.Key), Certificate(Web.Leaf)),
            Plain(Certificate(Web.Leaf), PlainKey(Web.Key, Name("web"))),
        ];
        var refused = 0;
        for (var number = 0; number < 1000; number++)
        {
            var bytes = damage.Apply(good[number % good.Length]);
            refused += Refused(bytes, $"{SeedVariable}={seed}, file {number}") ? 1 : 0;
        }

        output.WriteLine($"{refused} were refused.");
        Assert.InRange(refused, 500, 1000);
    }

    public static TheoryData<string> Huge => [.. HugeFiles().Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Huge))]
    public void Parse_HugeCountsAndSizes_AClearErrorWithinASecond(string name) =>
        Assert.True(Refused(HugeFiles().Single(file => file.Name == name).Make(), name), "It was read.");

    [Fact]
    public void Huge_AreTwenty() => Assert.InRange(Huge.Count, 20, 100);

    [Theory]
    [InlineData("1.2.840.113549.1.12.1.6", "RC2 with 40 bits")]
    [InlineData("1.2.840.113549.1.12.1.5", "RC2 with 128 bits")]
    [InlineData("1.2.840.113549.1.12.1.1", "RC4 with 128 bits")]
    public void Parse_BrokenEncryption_IsRefusedByName(string oid, string name)
    {
        var error = Expect.Failure(ErrorId.CertificateUnsupported, () => Read(Encrypted(writer => Pbes1(writer, oid, 2000))));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Parse_AsOldOpenSslWritesIt_IsRefusedByName()
    {
        using var folder = new TestFolder();
        var (certificate, key) = Web.WriteTo(folder, "web");
        Tool.Run("openssl", "pkcs12", "-export", "-legacy", "-in", certificate, "-inkey", key, "-out", folder.At("web.pfx"), "-passout", $"pass:{Secret}");
        Assert.Contains("RC2 with 40 bits", Expect.Failure(ErrorId.CertificateUnsupported, () => Read(File.ReadAllBytes(folder.At("web.pfx")))).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, Func<byte[]> Make)> HugeFiles()
    {
        foreach (var count in new[] { 1_000_001L, int.MaxValue, 1L << 40, long.MaxValue })
        {
            yield return ($"PBKDF2 of the certificates: {count}", () => Encrypted(writer => Pbes2(writer, count)));
            yield return ($"3DES of the certificates: {count}", () => Encrypted(writer => Pbes1(writer, "1.2.840.113549.1.12.1.3", count)));
            yield return ($"the MAC: {count}", () => Outer([], count));
            yield return ($"the key: {count}", () => Outer(PlainPart(writer => KeyBag(writer, count))));
        }

        yield return ("no iterations", () => Encrypted(writer => Pbes2(writer, 0)));
        yield return ("minus one iteration", () => Encrypted(writer => Pbes2(writer, -1)));
        yield return ("hundred keys of a million each", () => Outer(PlainPart(writer =>
        {
            for (var number = 0; number < 100; number++)
                KeyBag(writer, 1_000_000);
        })));
        yield return ("hundred parts of a million each", () => Outer([.. Enumerable.Repeat(EncryptedPart(writer => Pbes2(writer, 1_000_000)), 100).SelectMany(part => part)]));
        yield return ("30,000 entries", () => Outer(PlainPart(writer =>
        {
            for (var number = 0; number < 30_000; number++)
                Entry(writer, "1.2.3", value => value.WriteInteger(number));
        })));
        yield return ("30,000 empty parts", () => Outer([.. Enumerable.Repeat(PlainPart(_ => { }), 30_000).SelectMany(part => part)]));
        yield return ("5,000 keys", () => Outer(PlainPart(writer =>
        {
            for (var number = 0; number < 5000; number++)
                Entry(writer, "1.2.840.113549.1.12.10.1.1", value => value.WriteEncodedValue(Web.KeyDer));
        })));
        yield return ("30,000 nested entries", () => Outer(Part(Data, writer => writer.WriteOctetString(Nested(30_000)))));
        yield return ("a salt of 900 KB", () => Encrypted(writer => Pbes1(writer, "1.2.840.113549.1.12.1.3", 2000, 900_000)));
        yield return ("nested sequences without an end", () => [.. Enumerable.Repeat<byte[]>([0x30, 0x80], 500_000).SelectMany(b => b)]);
        yield return ("a length of 2 GB", () => [0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, 2, 1, 3]);
    }

    // Whether it was refused; anything else than a RenewalException fails the test, and so does a second of time.
    private static bool Refused(byte[] bytes, string what)
    {
        var watch = Stopwatch.StartNew();
        var isRefused = false;
        try
        {
            Read(bytes).Dispose();
        }
        catch (RenewalException e)
        {
            Assert.NotEmpty(e.Remedy);
            isRefused = true;
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}\n{Convert.ToBase64String(bytes.Length > 10_000 ? [] : bytes)}");
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{what}: {watch.Elapsed}");
        return isRefused;
    }

    private static byte[] Plain(params Action<System.Security.Cryptography.Pkcs.Pkcs12SafeContents>[] parts)
    {
        var builder = new System.Security.Cryptography.Pkcs.Pkcs12Builder();
        foreach (var part in parts)
        {
            var contents = new System.Security.Cryptography.Pkcs.Pkcs12SafeContents();
            part(contents);
            builder.AddSafeContentsUnencrypted(contents);
        }

        builder.SealWithoutIntegrity();
        return builder.Encode();
    }

    private static byte[] Encrypted(Action<AsnWriter> algorithm) => Outer(EncryptedPart(algorithm));

    private static byte[] Outer(byte[] parts, long? macCount = null) => Write(writer =>
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(3);
            writer.WriteEncodedValue(Part(Data, content => content.WriteOctetString(Write(inner => { using (inner.PushSequence()) Append(inner, parts); }))));
            if (macCount is { } count)
            {
                using (writer.PushSequence())
                {
                    using (writer.PushSequence())
                    {
                        using (writer.PushSequence())
                            writer.WriteObjectIdentifier(Sha256);
                        writer.WriteOctetString(new byte[32]);
                    }

                    writer.WriteOctetString(new byte[8]);
                    writer.WriteInteger(count);
                }
            }
        }
    });

    private static byte[] PlainPart(Action<AsnWriter> entries) =>
        Part(Data, writer => writer.WriteOctetString(Write(content => { using (content.PushSequence()) entries(content); })));

    private static byte[] EncryptedPart(Action<AsnWriter> algorithm) => Part(EncryptedData, writer =>
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Data);
                algorithm(writer);
                writer.WriteOctetString(new byte[64], Explicit);
            }
        }
    });

    private static byte[] Part(string kind, Action<AsnWriter> content) => Write(writer =>
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(kind);
            using (writer.PushSequence(Explicit))
                content(writer);
        }
    });

    private static void KeyBag(AsnWriter writer, long count) => Entry(writer, "1.2.840.113549.1.12.10.1.2", value =>
    {
        using (value.PushSequence())
        {
            Pbes2(value, count);
            value.WriteOctetString(new byte[64]);
        }
    });

    private static void Entry(AsnWriter writer, string kind, Action<AsnWriter> value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(kind);
            using (writer.PushSequence(Explicit))
                value(writer);
        }
    }

    private static void Pbes1(AsnWriter writer, string oid, long count, int saltLength = 8)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSequence())
            {
                writer.WriteOctetString(new byte[saltLength]);
                writer.WriteInteger(count);
            }
        }
    }

    private static void Pbes2(AsnWriter writer, long count)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("1.2.840.113549.1.5.13");
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("1.2.840.113549.1.5.12");
                    using (writer.PushSequence())
                    {
                        writer.WriteOctetString(new byte[8]);
                        writer.WriteInteger(count);
                    }
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("2.16.840.1.101.3.4.1.42");
                    writer.WriteOctetString(new byte[16]);
                }
            }
        }
    }

    // From the inside: each entry holds the next.
    private static byte[] Nested(int depth)
    {
        byte[] head = [0x30, 0x80, 0x30, 0x80, 0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01, 0x06, 0xA0, 0x80];
        return [.. Enumerable.Repeat(head, depth).SelectMany(b => b), 0x30, 0x00, .. new byte[6 * depth]];
    }

    private static void Append(AsnWriter writer, byte[] values)
    {
        for (var reader = new AsnReader(values, AsnEncodingRules.BER); reader.HasData;)
            writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
    }

    private static byte[] Write(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        write(writer);
        return writer.Encode();
    }
}
