using System.Security.Cryptography;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>The entries of a PFX file, decrypted except for its keys, and the form of the file.</summary>
/// <param name="Safes">Its parts.</param>
/// <param name="Mac">The MAC over all parts; null if there is none.</param>
/// <param name="Password">The password that opened the file.</param>
internal sealed record PfxContent(IReadOnlyList<PfxSafe> Safes, PfxMac? Mac, PfxPassword Password)
{
    /// <summary>The entries of all parts.</summary>
    public IEnumerable<PfxBag> Bags => Safes.SelectMany(safe => safe.Bags);

    /// <summary>The encryption of the first part or key that is encrypted; null if none is.</summary>
    public PbeParameters? Encryption => Safes.Select(safe => safe.Encryption).FirstOrDefault(encryption => encryption is not null) ?? Bags.Select(bag => bag.Cipher?.Parameters).FirstOrDefault(encryption => encryption is not null);
}

/// <summary>A part of a PFX file with an encryption of its own.</summary>
/// <param name="Encryption">The encryption; null if it is not encrypted.</param>
/// <param name="Bags">Its entries.</param>
internal sealed record PfxSafe(PbeParameters? Encryption, IReadOnlyList<PfxBag> Bags);
