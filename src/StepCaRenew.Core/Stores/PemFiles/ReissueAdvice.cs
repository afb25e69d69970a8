using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Text;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Advises how to issue a new pair with the names of the old one: a command to paste, or words if one command cannot do it.</summary>
internal static class ReissueAdvice
{
    private const string InWords = " with 'step ca certificate' and a --san for each of the old certificate's names";

    private static readonly string[] Command = ["step", "ca", "certificate", "--force"];

    /// <summary>The advice, as the end of a sentence that begins with "issue a new pair".</summary>
    public static string For(CertificateFile certificate, KeyFile key)
    {
        // The command would overwrite the certificate of a combined file with the key, and DER with PEM.
        if (PairPaths.Resolve(certificate.Path, key.Path).IsOneFile)
            return $"{InWords} into two new files, and write both into '{certificate.Path}'.";
        if (certificate.HoldsKey || key.Document.Blocks.Any(block => block.IsCertificate))
            return $"{InWords} into two new files, and put both parts where they belong in '{certificate.Path}' and '{key.Path}'.";
        if (!certificate.Document.IsPem || !key.Document.IsPem)
            return $"{InWords} into two new files, and convert them to the DER files '{certificate.Path}' and '{key.Path}'.";
        return TryCommand(certificate, key) is { } command ? $": {command}" : $"{InWords} (and --force).";
    }

    private static string? TryCommand(CertificateFile certificate, KeyFile key)
    {
        var names = SubjectAlternativeNames.FromCertificate(certificate.Leaf);
        string[] sans = [.. names.DnsNames, .. names.IPAddresses, .. names.EmailAddresses, .. names.Uris];
        if (names.HasOthers || (CommonName.FromCertificate(certificate.Leaf) is { Length: > 0 } name ? name : sans.FirstOrDefault()) is not { } subject)
            return null;
        // A name that begins with a hyphen needs "--san=", such a subject "--".
        var words = Command.Concat(KeyFlags(certificate.Leaf)).Concat(sans.Distinct().Select(san => $"--san={san}"))
            .Concat(subject.StartsWith('-') ? ["--"] : []).Append(subject).Append(certificate.Path).Append(key.Path)
            .Select(CommandWord.TryQuote).ToList();
        return words.Contains(null) ? null : string.Join(' ', words);
    }

    // step's default is a P-256 key.
    private static IEnumerable<string> KeyFlags(X509Certificate2 leaf)
    {
        using var rsa = leaf.GetRSAPublicKey();
        if (rsa is not null)
            return ["--kty=RSA", $"--size={rsa.KeySize}"];
        using var ec = leaf.GetECDsaPublicKey();
        return ec is null || NamedCurve.Describe(ec) == "P-256" ? [] : ["--kty=EC", $"--crv={NamedCurve.Describe(ec)}"];
    }
}
