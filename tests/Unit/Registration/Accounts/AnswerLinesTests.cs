using System.Text;
using StepCaRenew.Registration.Accounts;

namespace StepCaRenew.Unit.Registration.Accounts;

/// <summary>Lines of another account's process, however they arrive; no more of them than root can hold.</summary>
public sealed class AnswerLinesTests
{
    [Fact]
    public async Task ReadAsync_RandomLinesInRandomPieces_AreTheLines()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 50; round++)
        {
            string[] expected = [.. Enumerable.Range(0, random.Next(20)).Select(_ => new string((char)random.Next('a', 'z'), random.Next(random.Next(2) == 0 ? 10 : 60_000)))];
            var bytes = Encoding.ASCII.GetBytes(string.Concat(expected.Select(line => line + "\n")) + "cut");
            var lines = new AnswerLines(new Pieces(bytes, random), 10_000_000);
            var found = new List<string>();
            while (await lines.ReadAsync(CancellationToken.None) is { } line)
                found.Add(Encoding.ASCII.GetString(line.Span));
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public async Task ReadAsync_AnEndlessLine_IsRefused()
    {
        var lines = new AnswerLines(new Flood((byte)'x'), 100_000_000);
        await Assert.ThrowsAsync<InvalidDataException>(() => lines.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task ReadAsync_EndlessLines_AreRefused()
    {
        var lines = new AnswerLines(new Flood((byte)'\n'), 100_000);
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            for (var count = 0; count < 1_000_000; count++)
                await lines.ReadAsync(CancellationToken.None);
        });
    }

    private sealed class Pieces(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 10_000))], cancellationToken);
    }

    private sealed class Flood(byte one) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill(one);
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
