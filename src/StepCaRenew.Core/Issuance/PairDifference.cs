using StepCaRenew.Ca.Signing;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Stores;
using StepCaRenew.Text;

namespace StepCaRenew.Issuance;

/// <summary>A reason to replace the pair in place by the requested one.</summary>
/// <param name="Property">The parameter that the difference is about, without its dash; or Key.</param>
/// <param name="Text">The difference, for users.</param>
internal sealed record PairDifference(string Property, string Text)
{
    /// <summary>The differences between a pair that matches and the requested one; none if the pair is good.</summary>
    /// <param name="pair">The pair in place.</param>
    /// <param name="wanted">The requested certificate.</param>
    /// <param name="isKeyKept">Whether the key in place stays: then its algorithm does not matter.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<PairDifference> Find(PairSnapshot pair, SigningRequest wanted, bool isKeyKept, DateTimeOffset now)
    {
        var leaf = pair.Keyed.Leaf;
        if (wanted.Subject is { } subject && CommonName.FromCertificate(leaf) is var name && name != subject)
            yield return new("Subject", $"the subject is '{PlainText.Excerpt(name)}' instead of '{subject}'");
        if (wanted.BindingNames is { } names && SubjectAlternativeNames.FromCertificate(leaf) is var present && !names.SameAs(present))
            yield return new("San", $"the names are {Show(present)} instead of {Show(names)}");
        if (!isKeyKept && wanted.RequestedKeyAlgorithm is { } algorithm && KeyAlgorithms.NameOf(pair.Facts.KeyAlgorithm) is var old && old != algorithm)
            yield return new("KeyAlgorithm", $"the key is {old} instead of {algorithm}");
        if (now > pair.Facts.Validity.NotAfter)
            yield return new("NotAfter", $"the certificate expired at {MessageTime.Local(pair.Facts.Validity.NotAfter)}");
    }

    /// <summary>The difference that an error of the pair is; null if the file may be a wrong one, which is not replaced.</summary>
    /// <param name="errorId">The error of the pair.</param>
    /// <param name="isKeyKept">Whether the key in place stays: then a certificate that is missing can be requested.</param>
    public static PairDifference? FromError(string errorId, bool isKeyKept) => errorId switch
    {
        ErrorId.KeyMismatch => new("Key", "the certificate does not match the key"),
        ErrorId.KeyNotFound => new("Key", "the certificate has no key"),
        ErrorId.FileNotFound or ErrorId.FileEmpty when isKeyKept => new("Key", "the key has no certificate"),
        _ => null,
    };

    private static string Show(SubjectAlternativeNames names) => names.HasOthers || names.ToString().Length == 0 ? "others" : PlainText.Excerpt(names.ToString());
}
