namespace StepCaRenew.Fixtures;

/// <summary>Damages bytes at random, by a seed, as disks and editors do.</summary>
internal sealed class RandomDamage(int seed)
{
    private readonly Random random = new(seed);

    public byte[] Apply(byte[] good)
    {
        var bytes = good.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
            Once(bytes);
        return [.. bytes];
    }

    private void Once(List<byte> bytes)
    {
        if (bytes.Count < 2)
            return;
        var at = random.Next(bytes.Count);
        var length = Math.Min(random.Next(1, 40), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
            case 2:
                bytes[at] = (byte)random.Next(256);
                break;
            case 3:
                bytes[at] = (byte)"\0\n-: =A~\u007f"[random.Next(8)];
                break;
            case 4:
                bytes.RemoveRange(at, length);
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 6:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                bytes.Reverse(at, length);
                break;
        }
    }
}
