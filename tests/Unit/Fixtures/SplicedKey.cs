using System.Security.Cryptography;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>A key that shows one public half and signs with another private one, as some platforms import a spliced file.</summary>
internal sealed class SplicedKey(ECDsa shown, ECDsa signing) : ECDsa
{
    public override int KeySize
    {
        get => shown.KeySize;
        set => throw new NotSupportedException();
    }

    public override ECParameters ExportParameters(bool includePrivateParameters) => shown.ExportParameters(false);

    public override byte[] SignHash(byte[] hash) => signing.SignHash(hash);

    public override bool VerifyHash(byte[] hash, byte[] signature) => shown.VerifyHash(hash, signature);
}
