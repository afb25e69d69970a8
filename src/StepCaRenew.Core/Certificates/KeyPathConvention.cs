using StepCaRenew.Files;

namespace StepCaRenew.Certificates;

/// <summary>Where the key of a certificate lies when nobody says.</summary>
public static class KeyPathConvention
{
    /// <summary>
    /// The key file of a certificate file: itself where it holds a key, else the same name with <c>.key</c> or
    /// <c>-key.pem</c>, or <c>privkey.pem</c> beside <c>cert.pem</c> and <c>fullchain.pem</c>.
    /// </summary>
    /// <param name="certificate">The certificate file.</param>
    /// <returns>The path of a file that exists, or null.</returns>
    public static string? Find(CertificateFile certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Find(certificate.Document);
    }

    /// <summary>The same, where there must be one.</summary>
    /// <param name="certificate">The certificate file.</param>
    /// <exception cref="RenewalException">There is none (<see cref="ErrorId.KeyNotFound"/>).</exception>
    public static string FindRequired(CertificateFile certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return FindRequired(certificate, IsThere);
    }

    /// <summary>The same, with another way to find out whether a file exists.</summary>
    /// <inheritdoc cref="FindRequired(CertificateFile)"/>
    internal static string FindRequired(CertificateFile certificate, Func<string, bool> exists) =>
        (certificate.HoldsKey ? certificate.Path : FindNextTo(certificate.Path, exists)) ?? throw NotFound(certificate.Path);

    /// <summary>The key file of a certificate file that is not decoded.</summary>
    internal static string? Find(PemDocument certificate) => certificate.HoldsKey ? certificate.File.Path : FindNextTo(certificate.File.Path);

    /// <summary>The key file beside a certificate file, whatever that holds.</summary>
    internal static string? FindNextTo(string certificatePath) => FindNextTo(certificatePath, IsThere);

    /// <summary>The same, with another way to find out whether a file exists.</summary>
    internal static string? FindNextTo(string certificatePath, Func<string, bool> exists) => Candidates(certificatePath).FirstOrDefault(exists);

    /// <summary>The error where there is none.</summary>
    internal static RenewalException NotFound(string certificatePath) => new(
        ErrorId.KeyNotFound,
        $"There is no key beside '{certificatePath}': neither {string.Join(" nor ", Candidates(certificatePath).Select(path => $"'{Path.GetFileName(path)}'"))}.",
        "Name it with -KeyPath.");

    // A link counts, whatever it leads to: opening it says what is wrong. Else another account's link would tell what is a folder.
    internal static bool IsThere(string path) => File.Exists(path) || (OperatingSystem.IsLinux() && LinuxStat.TryRead(path, followLinks: false) is { IsLink: true });

    private static IEnumerable<string> Candidates(string certificatePath)
    {
        var stem = Path.Combine(Path.GetDirectoryName(certificatePath) ?? string.Empty, Path.GetFileNameWithoutExtension(certificatePath));
        yield return stem + ".key";
        yield return stem + "-key.pem";
        if (Path.GetFileName(certificatePath) is "cert.pem" or "fullchain.pem")
            yield return Path.Combine(Path.GetDirectoryName(certificatePath) ?? string.Empty, "privkey.pem");
    }
}
