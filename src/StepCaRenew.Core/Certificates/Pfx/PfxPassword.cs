using System.Text;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>
/// The password of a PFX file. There are two ways to have none, which give different keys: an empty password, and no password
/// at all. Programs write both, and try both.
/// </summary>
internal sealed class PfxPassword
{
    private readonly KeyPassword? password;

    private PfxPassword(KeyPassword? password, bool isMissing) => (this.password, IsMissing) = (password, isMissing);

    /// <summary>Whether there is no password at all, not even an empty one.</summary>
    public bool IsMissing { get; }

    /// <summary>The password; the default span, and not an empty text, if there is none at all.</summary>
    public ReadOnlySpan<char> Characters => IsMissing ? default : password is null ? string.Empty : password.Characters;

    /// <summary>The password of a new file; an empty one without a password, as most programs write it.</summary>
    public static PfxPassword ForNew(KeyPassword? password) => new(password, isMissing: false);

    /// <summary>
    /// The passwords that a file may have: the one that was given, and the two ways to have none. A password is ignored for a
    /// file that has none, as for a key that is not encrypted.
    /// </summary>
    public static IEnumerable<PfxPassword> Candidates(KeyPassword? password)
    {
        if (password is { Characters.Length: > 0 })
            yield return new(password, isMissing: false);
        yield return new(null, isMissing: false);
        yield return new(null, isMissing: true);
    }

    /// <summary>The password as PBKDF2 gets it, UTF-8. The caller wipes it.</summary>
    public byte[] ToUtf8() => password?.ToUtf8() ?? [];

    /// <summary>The password as PKCS#12 gets it: UTF-16, most significant byte first, with a final zero (RFC 7292 appendix B.1). The caller wipes it.</summary>
    public byte[] ToBmp()
    {
        if (IsMissing)
            return [];
        var bytes = new byte[2 * (Characters.Length + 1)];
        Encoding.BigEndianUnicode.GetBytes(Characters, bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public override string ToString() => "********";
}
