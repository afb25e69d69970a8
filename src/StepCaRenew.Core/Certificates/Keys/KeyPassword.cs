using System.Text;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Certificates.Keys;

/// <summary>The password of a private key. It prints as stars, and is wiped when disposed.</summary>
internal sealed class KeyPassword : IDisposable
{
    private readonly Lazy<char[]> characters;

    /// <summary>Copies a password.</summary>
    public KeyPassword(ReadOnlySpan<char> characters) => this.characters = new Lazy<char[]>(characters.ToArray());

    private KeyPassword(Func<char[]> read) => characters = new Lazy<char[]>(read);

    /// <summary>The password; do not store or print it.</summary>
    /// <exception cref="RenewalException">Its file cannot be read; see <see cref="FromFileIfNeeded"/>.</exception>
    internal ReadOnlySpan<char> Characters => characters.Value;

    /// <summary>Reads a password file. White space at its end is ignored, as by <c>step</c>.</summary>
    /// <exception cref="RenewalException">The file cannot be read, or holds only white space.</exception>
    public static KeyPassword FromFile(string path) => new(Read(path));

    /// <summary>
    /// Reads a password file only if a key is encrypted: step's configuration may name a file that this user cannot read and
    /// does not need.
    /// </summary>
    public static KeyPassword FromFileIfNeeded(string path) => new(() => Read(path).ToArray());

    private static ReadOnlySpan<char> Read(string path)
    {
        const string what = "password file";
        var text = TextFile.Decode(InputFile.Read(path, what).Bytes).AsSpan().TrimEnd();
        return text.Length > 0
            ? text
            : throw new RenewalException(ErrorId.FileEmpty, $"The {what} '{path}' holds only white space.", "Write the password of the key into it.");
    }

    /// <summary>The password in UTF-8, as OpenSSL and Go use it. The caller wipes the bytes.</summary>
    internal byte[] ToUtf8() => Encoding.UTF8.GetBytes(characters.Value);

    /// <inheritdoc/>
    public override string ToString() => "********";

    /// <inheritdoc/>
    public void Dispose()
    {
        if (characters.IsValueCreated)
            Array.Clear(characters.Value);
    }
}
