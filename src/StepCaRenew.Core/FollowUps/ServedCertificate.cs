using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using StepCaRenew.Certificates;
using StepCaRenew.Text;

namespace StepCaRenew.FollowUps;

/// <summary>The certificate for which the follow-ups of a registered renewal last ran: the one that the services use.</summary>
/// <param name="SerialNumber">Hexadecimal.</param>
/// <param name="Subject">The subject as text.</param>
/// <param name="Names">The subject alternative names, each with its kind.</param>
internal sealed record ServedCertificate(string SerialNumber, string Subject, IReadOnlyList<string> Names)
{
    /// <summary>Whether all parts were read: a state can be damaged.</summary>
    [JsonIgnore]
    public bool IsComplete => SerialNumber is not null && Subject is not null && Names is not null;

    /// <summary>Describes a certificate. Control characters are removed, as from a state that is read.</summary>
    public static ServedCertificate FromCertificate(X509Certificate2 certificate) =>
        new(certificate.SerialNumber, PlainText.Line(certificate.Subject), [.. SubjectAlternativeNames.FromCertificate(certificate).Describe().Select(name => PlainText.Line(name))]);

    /// <summary>How the subject or the names of another certificate differ, as the end of a sentence; null if they are the same.</summary>
    public string? FindDifference(X509Certificate2 other)
    {
        var found = FromCertificate(other);
        return found.Subject != Subject ? $"has the subject '{found.Subject}' instead of '{Subject}'"
            : !found.Names.ToHashSet().SetEquals(Names) ? $"has the names {List(found.Names)} instead of {List(Names)}"
            : null;
    }

    /// <summary>The error of a certificate that cannot take the place of the one last served.</summary>
    /// <param name="certificatePath">The certificate file.</param>
    /// <param name="reason">Why, as the end of a sentence about the new certificate.</param>
    /// <param name="e">The cause.</param>
    public static RenewalException Foreign(string certificatePath, string reason, Exception? e = null) => new(
        ErrorId.ForeignCertificate, $"'{certificatePath}' was replaced by another program, and the new certificate {reason}. It was not renewed, and no action was run.",
        "If the certificate is right, register the renewal again: Register-StepRenewalTask. If not, restore the earlier pair, and find the program that writes these files.", e);

    private static string List(IReadOnlyList<string> names) => names.Count == 0 ? "(none)" : string.Join(", ", names);
}
