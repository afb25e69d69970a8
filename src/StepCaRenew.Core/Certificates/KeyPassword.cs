using System.Text;

namespace StepCaRenew.Certificates;

/// <summary>The password of a private key. It prints as stars and is wiped when disposed.</summary>
public sealed class KeyPassword : IDisposable
{
    private readonly Lazy<char[]> characters;

    /// <summary>Takes a copy of the password.</summary>
    /// <param name="characters">The password.</param>
    public KeyPassword(ReadOnlySpan<char> characters) => this.characters = new Lazy<char[]>(characters.ToArray());

    private KeyPassword(Func<char[]> read) => characters = new Lazy<char[]>(read);

    /// <summary>The password itself; never to be stored or printed.</summary>
    /// <exception cref="RenewalException">Its file can't be read; see <see cref="FromFileIfNeeded"/>.</exception>
    internal ReadOnlySpan<char> Characters => characters.Value;

    /// <summary>Reads a password file, without white space at its end, as <c>step</c> does.</summary>
    /// <exception cref="RenewalException">The file can't be read, or holds only white space.</exception>
    public static KeyPassword FromFile(string path) => new(Read(path));

    /// <summary>
    /// Reads a password file when a key turns out to be encrypted: a configuration that is meant for all of <c>step</c> may
    /// name one that this user cannot read, and does not need.
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

    /// <summary>The bytes of the password in UTF-8, as OpenSSL and Go take them. The caller wipes them.</summary>
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
