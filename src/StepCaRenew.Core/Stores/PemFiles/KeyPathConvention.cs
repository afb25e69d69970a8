using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Finds the key file of a certificate if the user does not name it.</summary>
internal static class KeyPathConvention
{
    /// <summary>
    /// The key file of a certificate file: the same file if it holds a key, else the same name with <c>.key</c> or
    /// <c>-key.pem</c>, or <c>privkey.pem</c> next to <c>cert.pem</c> or <c>fullchain.pem</c>.
    /// </summary>
    /// <returns>The path of a file that exists, or null.</returns>
    public static string? Find(CertificateFile certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.HoldsKey ? certificate.Path : FindNextTo(certificate.Path);
    }

    /// <summary>As <see cref="Find(CertificateFile)"/>, but an error if there is none.</summary>
    /// <exception cref="RenewalException">There is no key file (<see cref="ErrorId.KeyNotFound"/>).</exception>
    public static string FindRequired(CertificateFile certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return FindRequired(certificate, Exists);
    }

    /// <summary>As <see cref="FindRequired(CertificateFile)"/>, with <paramref name="exists"/> to look for files.</summary>
    /// <inheritdoc cref="FindRequired(CertificateFile)"/>
    internal static string FindRequired(CertificateFile certificate, Func<string, bool> exists) =>
        (certificate.HoldsKey ? certificate.Path : FindNextTo(certificate.Path, exists)) ?? throw NotFound(certificate.Path);

    /// <summary>The key file of a certificate file whose certificates are not decoded.</summary>
    internal static string? Find(PemDocument certificate) => certificate.HoldsKey ? certificate.File.Path : FindNextTo(certificate.File.Path);

    /// <summary>The key file next to a certificate file, even if that holds a key itself.</summary>
    internal static string? FindNextTo(string certificatePath) => FindNextTo(certificatePath, Exists);

    /// <summary>As <see cref="FindNextTo(string)"/>, with <paramref name="exists"/> to look for files.</summary>
    internal static string? FindNextTo(string certificatePath, Func<string, bool> exists) => Candidates(certificatePath).FirstOrDefault(exists);

    /// <summary>The key file of a new certificate.</summary>
    internal static string ForNew(string certificatePath) => Candidates(certificatePath).First();

    internal static RenewalException NotFound(string certificatePath) => new(
        ErrorId.KeyNotFound,
        $"There is no key next to '{certificatePath}': neither {string.Join(" nor ", Candidates(certificatePath).Select(path => $"'{Path.GetFileName(path)}'"))}.",
        "Name it with -KeyPath.");

    // A link counts even if it is broken, since opening it reports why. If only links to files counted, another account's link
    // would reveal which paths are folders.
    internal static bool Exists(string path) => File.Exists(path) || (OperatingSystem.IsLinux() && LinuxStat.TryRead(path, followLinks: false) is { IsLink: true });

    private static IEnumerable<string> Candidates(string certificatePath)
    {
        var stem = Path.Combine(Path.GetDirectoryName(certificatePath) ?? string.Empty, Path.GetFileNameWithoutExtension(certificatePath));
        yield return stem + ".key";
        yield return stem + "-key.pem";
        if (Path.GetFileName(certificatePath) is "cert.pem" or "fullchain.pem")
            yield return Path.Combine(Path.GetDirectoryName(certificatePath) ?? string.Empty, "privkey.pem");
    }
}
