using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates;
using StepCaRenew.Text;

namespace StepCaRenew.FollowUps;

/// <summary>The certificate for which the follow-ups of a registered renewal last ran: the one that the services use.</summary>
/// <param name="SerialNumber">Hexadecimal.</param>
/// <param name="Subject">The subject as text.</param>
/// <param name="Names">The subject alternative names, each with its kind.</param>
internal sealed record ServedCertificate(string SerialNumber, string Subject, IReadOnlyList<string> Names)
{
    /// <summary>
    /// The certificate in place when the renewal was last registered, if it is another one: the user has accepted it, with its
    /// issuer, and its follow-ups are still open. Null if there is none.
    /// </summary>
    public string? AcceptedSerialNumber { get; init; }

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

    /// <summary>Requires that a certificate from another program can take the place of this one: subject and names, time and root.</summary>
    /// <param name="found">The certificate; its key matches.</param>
    /// <param name="certificatePath">Its file.</param>
    /// <param name="now">The time.</param>
    /// <param name="mayBeExpired">Whether it is about to be renewed.</param>
    /// <param name="ca">The CA of the renewal.</param>
    /// <param name="issuer">Knows the root of the CA.</param>
    /// <exception cref="RenewalException">It cannot (<see cref="ErrorId.ForeignCertificate"/>).</exception>
    public void RequireSuccessor(KeyedCertificate found, string certificatePath, DateTimeOffset now, bool mayBeExpired, CaOptions ca, CertificateIssuer issuer)
    {
        if (FindDifference(found.Leaf) is { } difference)
            throw Foreign(certificatePath, difference);
        var (from, to) = (found.Leaf.NotBefore.ToUniversalTime(), found.Leaf.NotAfter.ToUniversalTime());
        if (from > now + AnswerVerifier.Leeway || (to <= now && !mayBeExpired))
            throw Foreign(certificatePath, $"is valid from {from:u} to {to:u}");
        // A CA can have a new root, with which the renewal was registered again; the old root issued this certificate.
        if (AcceptedSerialNumber == found.Leaf.SerialNumber)
            return;
        if (!issuer.IsTrusted(found, ca, moment: found.Validity.NearestMoment(now), out var roots))
            throw Foreign(certificatePath, $"does not chain to the root in '{roots}'");
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

/// <summary>The place where a registered renewal keeps its <see cref="ServedCertificate"/>: its state. Other runs change it too.</summary>
/// <param name="last">The certificate that it had at the start of the run; null if it is not known.</param>
/// <param name="read">Reads it again.</param>
/// <param name="write">Writes it.</param>
internal sealed class ServedPlace(ServedCertificate? last, Func<ServedCertificate?> read, Action<ServedCertificate> write)
{
    /// <summary>The certificate last served, as far as this run knows; null if it is not known.</summary>
    public ServedCertificate? Last { get; private set; } = last;

    /// <summary>Reads the certificate last served again, under the lock of the pair: another run can have served a newer certificate since this one began.</summary>
    public void Refresh() => Last = read() ?? Last;

    /// <summary>Writes the certificate last served, under the lock of the pair: the next run must not take it for one of another program.</summary>
    public void Write(ServedCertificate certificate)
    {
        Last = certificate;
        write(certificate);
    }
}
