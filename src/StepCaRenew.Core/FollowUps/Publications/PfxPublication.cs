using System.Security.Cryptography;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pfx;
using StepCaRenew.FileSystem;

namespace StepCaRenew.FollowUps.Publications;

/// <summary>A pair in a PFX file: leaf, chain and key under one password.</summary>
/// <param name="Path">The file; a full path.</param>
internal sealed record PfxPublication(string Path) : FilePublication(Path)
{
    private const int ChallengeLength = 32;

    /// <summary>The password of a call by hand; it can be empty. Null if there is a file, which is read each time, so that the next run writes the PFX file with a new password.</summary>
    public KeyPassword? Password { get; init; }

    /// <summary>The encryption of certificates and key.</summary>
    public PfxEncryption Encryption { get; init; }

    /// <inheritdoc/>
    public override string Parameter => "-PfxPath";

    /// <inheritdoc/>
    public override string Parameters => base.Parameters + (PasswordFile is null ? string.Empty : $" -PfxPasswordFile {PasswordFile}") + $" -PfxEncryption {Encryption}";

    /// <inheritdoc/>
    public override bool HoldsKey => true;

    /// <inheritdoc/>
    public override void RequireUsable(string keyAlgorithm) => WithPassword(_ => true);

    /// <inheritdoc/>
    // Windows and Java show the name; the date and the serial number would change it at every renewal.
    public override byte[] Render(PublishedPair pair) => WithPassword(password => PfxWriter.Write(pair.Keyed, password, Encryption, CertificateName.FromPath(pair.Keyed.Source)));

    /// <inheritdoc/>
    public override bool IsFormOf(PublishedPair pair, byte[] content) => WithPassword(password =>
    {
        using var file = PfxFile.Parse(new InputFile(Path, content, default), password);
        var algorithm = Encryption == PfxEncryption.TripleDes ? PbeEncryptionAlgorithm.TripleDes3KeyPkcs12 : PbeEncryptionAlgorithm.Aes256Cbc;
        // The reader opens a file without a password whatever password it gets.
        return file.Content.Password.Characters.SequenceEqual(password.Characters)
            && file.Content.Encryption?.EncryptionAlgorithm == algorithm
            && file.LeafDer.Span.SequenceEqual(pair.Keyed.Leaf.RawDataMemory.Span)
            && file.ChainLinks.Select(link => Convert.ToHexString(link.Der.Span)).SequenceEqual(pair.Keyed.Chain.Select(issuer => Convert.ToHexString(issuer.RawDataMemory.Span)))
            && Signs(file.Key) && PairMatch.Matches(pair.Keyed.Leaf, file.Key);
    });

    // A file can open with certificates and without a key that works; their number says nothing about it.
    private static bool Signs(PrivateKey key)
    {
        var challenge = RandomNumberGenerator.GetBytes(ChallengeLength);
        return key.Verify(challenge, key.Sign(challenge));
    }

    private T WithPassword<T>(Func<KeyPassword, T> action)
    {
        if (Password is not null)
            return action(Password);
        using var password = KeyPassword.FromFile(PasswordFile!);
        return action(password);
    }
}
