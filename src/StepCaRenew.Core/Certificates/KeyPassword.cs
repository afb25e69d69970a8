using System.Text;

namespace StepCaRenew.Certificates;

/// <summary>The password of a private key. It prints as stars and is wiped when disposed.</summary>
public sealed class KeyPassword : IDisposable
{
    private readonly char[] characters;

    /// <summary>Takes a copy of the password.</summary>
    /// <param name="characters">The password.</param>
    public KeyPassword(ReadOnlySpan<char> characters) => this.characters = characters.ToArray();

    /// <summary>The password itself; never to be stored or printed.</summary>
    internal ReadOnlySpan<char> Characters => characters;

    /// <summary>Reads a password file, without white space at its end, as <c>step</c> does.</summary>
    /// <exception cref="RenewalException">The file can't be read, or holds only white space.</exception>
    public static KeyPassword FromFile(string path)
    {
        const string what = "password file";
        var text = TextFile.Decode(InputFile.Read(path, what).Bytes).AsSpan().TrimEnd();
        return text.Length > 0
            ? new KeyPassword(text)
            : throw new RenewalException(ErrorId.FileEmpty, $"The {what} '{path}' holds only white space.", "Write the password of the key into it.");
    }

    /// <summary>The bytes of the password in UTF-8, as OpenSSL and Go take them. The caller wipes them.</summary>
    internal byte[] ToUtf8() => Encoding.UTF8.GetBytes(characters);

    /// <inheritdoc/>
    public override string ToString() => "********";

    /// <inheritdoc/>
    public void Dispose() => Array.Clear(characters);
}
