using StepCaRenew.Servers;

namespace StepCaRenew.Unit.Servers;

public sealed class TlsRecordsTests(ITestOutputHelper output)
{
    private static readonly byte[][] Chain = [[1, 2, 3], [4, 5]];

    // A ServerHello, then the certificates (RFC 5246 section 7.4.2).
    private static readonly byte[] Messages = [2, 0, 0, 2, 3, 3, 11, 0, 0, 14, 0, 0, 11, 0, 0, 3, 1, 2, 3, 0, 0, 2, 4, 5];

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100)]
    public void FindCertificates_SplitIntoRecords_AreFound(int size) =>
        Assert.Equal(Chain, TlsRecords.FindCertificates(Messages.Chunk(size).SelectMany(part => (byte[])[22, 3, 3, 0, (byte)part.Length, .. part]).ToArray()));

    [Fact]
    public void FindCertificates_Incomplete_FindsNone()
    {
        byte[] record = [22, 3, 3, 0, (byte)Messages.Length, .. Messages];
        Assert.All(Enumerable.Range(0, record.Length), length => Assert.Empty(TlsRecords.FindCertificates(record.AsMemory(0, length))));
    }

    [Fact]
    public void FindCertificates_AfterAnEncryptedRecord_FindsNone() =>
        Assert.Empty(TlsRecords.FindCertificates((byte[])[20, 3, 3, 0, 1, 1, 22, 3, 3, 0, (byte)Messages.Length, .. Messages]));

    [Fact]
    public void FindCertificates_RandomDamage_ThrowsNothing()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        byte[] record = [22, 3, 3, 0, (byte)Messages.Length, .. Messages];
        for (var turn = 0; turn < 20_000; turn++)
        {
            byte[] damaged = [.. record];
            for (var count = random.Next(1, 4); count > 0; count--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            Assert.All(TlsRecords.FindCertificates(damaged), certificate => Assert.InRange(certificate.Length, 1, damaged.Length));
        }
    }

    [Theory]
    [InlineData(new byte[] { 22, 3, 1, 0 }, true)]
    [InlineData(new byte[] { 21, 3, 3 }, true)]
    [InlineData(new byte[] { 22 }, false)]
    [InlineData(new byte[] { 0x48, 0x54, 0x54, 0x50 }, false)]
    public void IsTls_FirstBytes_Decide(byte[] bytes, bool expected) => Assert.Equal(expected, TlsRecords.IsTls(bytes));
}
