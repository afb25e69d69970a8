using StepCaRenew.Certificates.Keys;
using StepCaRenew.Text;

namespace StepCaRenew.Ca.Tokens;

/// <summary>The decrypted key of a provisioner: it can request certificates with any name.</summary>
/// <param name="Provisioner">The provisioner's name.</param>
/// <param name="Id">The id of the key, by which the CA finds it.</param>
/// <param name="Key">The private key.</param>
internal sealed record ProvisionerKey(string Provisioner, string Id, PrivateKey Key) : IDisposable
{
    /// <summary>Decrypts the first of the provisioner's keys that the password opens.</summary>
    /// <param name="found">The provisioner; see <see cref="ProvisionerChoice"/>.</param>
    /// <param name="password">Its password.</param>
    /// <exception cref="RenewalException">The password opens none, or a key cannot be used.</exception>
    public static ProvisionerKey Decrypt(IReadOnlyList<ProvisionerEntry> found, KeyPassword password)
    {
        for (var at = 0; ; at++)
        {
            try
            {
                return Decrypt(found[at], password);
            }
            // Two keys can have the same name while one replaces the other.
            catch (RenewalException e) when (e.ErrorId == ErrorId.ProvisionerPasswordWrong && at + 1 < found.Count)
            {
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"the key of '{Provisioner}'";

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();

    private static ProvisionerKey Decrypt(ProvisionerEntry entry, KeyPassword password)
    {
        var name = PlainText.Excerpt(entry.Name!);
        var jwk = EncryptedKey.Parse(entry.EncryptedKey!, name).Decrypt(password);
        try
        {
            var id = entry.KeyField("kid") ?? throw new FormatException("it has no id");
            return new ProvisionerKey(entry.Name!, id, JsonWebKey.ReadPrivate(JoseObject.Parse(jwk, "content")));
        }
        catch (FormatException e)
        {
            throw EncryptedKey.Invalid(name, e.Message, e);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(jwk);
        }
    }
}
