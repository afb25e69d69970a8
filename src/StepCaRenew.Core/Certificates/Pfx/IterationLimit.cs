using System.Formats.Asn1;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>
/// Reads the iteration counts of a PFX file before anything is derived. The writer of a file sets them, so a file of a few bytes
/// could keep a reader busy for hours.
/// </summary>
/// <param name="path">The file, for messages.</param>
internal sealed class IterationLimit(string path)
{
    /// <summary>The highest count. OpenSSL and .NET write about 2,000, Java 10,000; 1,000,000 take about half a second.</summary>
    public const int Maximum = 1_000_000;

    // The MAC, the certificates and the key are derived one by one, usually with one count.
    private const int MaximumTotal = 3 * Maximum;

    private int total;

    /// <summary>Reads the next count.</summary>
    /// <exception cref="AsnContentException">There is no number.</exception>
    /// <exception cref="RenewalException">It is too high, alone or together with those before it.</exception>
    public int Read(AsnReader reader)
    {
        if (!reader.TryReadInt32(out var count) || count > Maximum)
            throw PfxErrors.Unsupported(path, $"a password in it is derived with more than {Maximum:N0} iterations");
        if (count < 1)
            throw PfxErrors.Unsupported(path, "a password in it is derived with less than one iteration");
        total += count;
        return total <= MaximumTotal ? count : throw PfxErrors.Unsupported(path, $"the passwords in it are derived with more than {MaximumTotal:N0} iterations in total");
    }
}
