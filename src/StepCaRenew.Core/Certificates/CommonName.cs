using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>The common name of a certificate's subject.</summary>
public static class CommonName
{
    private const string Oid = "2.5.4.3";

    /// <summary>The common name, or an empty string where the subject has none.</summary>
    /// <param name="certificate">The certificate.</param>
    public static string Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(name => !name.HasMultipleElements && name.GetSingleElementType().Value == Oid)
            .Select(name => name.GetSingleElementValue())
            .FirstOrDefault() ?? string.Empty;
    }
}
