using System.Buffers.Binary;
using StepCaRenew.Policy;

namespace StepCaRenew.Unit.Policy;

public sealed class CertificateSpreadTests
{
    private const int Count = 100_000;
    private const int Bins = 100;

    private static readonly byte[] Issuer = TestAuthority.Default.Intermediate.SubjectName.RawData;

    [Fact]
    public void Of_SameCertificate_IsTheSame() =>
        Assert.Equal(CertificateSpread.ForCertificate(Issuer, [1, 2, 3]), CertificateSpread.ForCertificate([.. Issuer], [1, 2, 3]));

    [Fact]
    public void Of_OtherSerialOrIssuer_IsAnother()
    {
        Assert.NotEqual(CertificateSpread.ForCertificate(Issuer, [1]), CertificateSpread.ForCertificate(Issuer, [2]));
        Assert.NotEqual(CertificateSpread.ForCertificate([1], [1]), CertificateSpread.ForCertificate([2], [1]));
    }

    [Fact]
    public void Of_ByteMovedFromIssuerToSerial_IsAnother() => Assert.NotEqual(CertificateSpread.ForCertificate([1, 2], [3]), CertificateSpread.ForCertificate([1], [2, 3]));

    [Fact]
    public void Of_Empty_IsWithinBounds() => Assert.InRange(CertificateSpread.ForCertificate([], []), 0, Math.BitDecrement(1.0));

    // The value is part of the behaviour: another hash would move the renewals of a whole fleet at once.
    [Fact]
    public void Of_KnownCertificate_NeverChanges() => Assert.Equal(0.44039033151241680, CertificateSpread.ForCertificate("issuer"u8, "serial"u8), 15);

    [Theory]
    [InlineData("random serials of 16 bytes")]
    [InlineData("serials in a row")]
    [InlineData("serials that differ in their last byte's high bits")]
    public void Of_HundredThousandSerials_IsEven(string kind)
    {
        var random = new Random(20260701);
        var serial = new byte[16];
        var values = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            if (kind.StartsWith("random", StringComparison.Ordinal))
                random.NextBytes(serial);
            else
                BinaryPrimitives.WriteInt32BigEndian(serial.AsSpan(kind.StartsWith("serials in", StringComparison.Ordinal) ? 12 : 0), i << 4);
            values[i] = CertificateSpread.ForCertificate(Issuer, serial);
        }

        // 99 degrees of freedom: 99.99 % of fair draws stay below 161. Serials whose low bits were the spread give thousands.
        Assert.InRange(ChiSquare(values), 50, 161);
        // Kolmogorov-Smirnov: 99.99 % of fair draws stay below 2.23 / sqrt(n).
        Assert.InRange(LargestGap(values), 0, 2.23 / Math.Sqrt(Count));
        Assert.All(values, value => Assert.InRange(value, 0, Math.BitDecrement(1.0)));
    }

    [Fact]
    public void FromCertificate_Certificate_UsesIssuerAndSerial()
    {
        var serial = new byte[] { 0x12, 0x34, 0x56 };
        var leaf = TestAuthority.Default.Issue(new LeafSpec { SerialNumber = serial }).Leaf;
        Assert.Equal(CertificateSpread.ForCertificate(Issuer, serial), CertificateValidity.FromCertificate(leaf).Spread);
    }

    private static double ChiSquare(double[] values)
    {
        var counts = new int[Bins];
        foreach (var value in values)
            counts[(int)(value * Bins)]++;
        const double expected = (double)Count / Bins;
        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }

    private static double LargestGap(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Select((value, i) => Math.Max((i + 1.0) / Count - value, value - (double)i / Count)).Max();
    }
}
