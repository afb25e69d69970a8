using StepCaRenew.Text;

namespace StepCaRenew.Ca.Tokens;

/// <summary>Chooses the provisioner whose password was given. Pure.</summary>
internal static class ProvisionerChoice
{
    private const string Jwk = "JWK";
    private const string GiveToken = "make a token where it can be made ('step ca token', New-StepToken) and give that.";

    /// <summary>The keys to decrypt: those of the named provisioner, or of the only JWK provisioner.</summary>
    /// <param name="all">All provisioners of the CA.</param>
    /// <param name="name">The name, compared case-sensitively as by the CA; null for the only JWK provisioner.</param>
    /// <param name="ca">The CA's host and port, for messages.</param>
    /// <returns>At least one; several have the same name.</returns>
    /// <exception cref="RenewalException">There is none, it is not clear which one, or its key cannot be used.</exception>
    public static IReadOnlyList<ProvisionerEntry> Choose(IReadOnlyList<ProvisionerEntry> all, string? name, string ca)
    {
        var named = name is null ? ChooseOnly(all, ca) : [.. all.Where(one => one.Name == name)];
        if (named.Count == 0)
            throw NotFound($"The CA at {ca} has no provisioner '{name}'. It has {List(all)}.", "Give the name of a JWK provisioner with -Provisioner; upper and lower case matter.");
        var jwk = named.Where(one => one.Type == Jwk).ToList();
        var shown = PlainText.Excerpt(named[0].Name ?? string.Empty);
        if (jwk.Count == 0)
            throw EncryptedKey.Unsupported(
                $"The provisioner '{shown}' is of the type {PlainText.Excerpt(named[0].Type ?? "unknown")}; a password opens only a JWK provisioner.",
                $"Give the name of a JWK provisioner (the CA has {List(all.Where(one => one.Type == Jwk))}), or {GiveToken}");
        var stored = jwk.Where(HasKey).ToList();
        if (stored.Count == 0)
            throw EncryptedKey.Unsupported(
                $"The CA at {ca} does not have the private key of the provisioner '{shown}': it was added with its public key only (--public-key).",
                $"Give another provisioner, or {GiveToken}");
        if (stored.All(one => one.KeyField("kty") == "OKP"))
            throw EncryptedKey.Unsupported(
                $"The key of the provisioner '{shown}' is an OKP key ({PlainText.Excerpt(stored[0].KeyField("crv") ?? "Ed25519")}), which .NET cannot use.",
                $"Give a provisioner with an EC or RSA key, or {GiveToken}");
        return stored;
    }

    private static List<ProvisionerEntry> ChooseOnly(IReadOnlyList<ProvisionerEntry> all, string ca)
    {
        var jwk = all.Where(one => one.Type == Jwk).ToList();
        if (jwk.Count == 0)
            throw NotFound($"The CA at {ca} has no JWK provisioner. It has {List(all)}.", $"A password opens only a JWK provisioner: add one to the CA, or {GiveToken}");
        // A provisioner whose key is not at the CA is not meant by a password.
        var stored = jwk.Where(HasKey).ToList();
        var candidates = stored.Count > 0 ? stored : jwk;
        return candidates.Select(one => one.Name).Distinct().Count() == 1 ? candidates : throw new RenewalException(
            ErrorId.ProvisionerAmbiguous, $"The CA at {ca} has several JWK provisioners: {List(candidates)}.", "Give the name of one with -Provisioner.");
    }

    private static bool HasKey(ProvisionerEntry entry) => !string.IsNullOrEmpty(entry.EncryptedKey);

    private static RenewalException NotFound(string message, string remedy) => new(ErrorId.ProvisionerNotFound, message, remedy);

    private static string List(IEnumerable<ProvisionerEntry> entries)
    {
        const int most = 10;
        var names = entries.Select(one => $"'{PlainText.Excerpt(one.Name ?? string.Empty)}' ({PlainText.Excerpt(one.Type ?? string.Empty)})").Distinct().ToList();
        return names.Count == 0 ? "none" : string.Join(", ", names.Take(most)) + (names.Count > most ? $" and {names.Count - most} others" : string.Empty);
    }
}
