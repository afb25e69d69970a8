
namespace StepCaRenew.Unit.Certificates;

/// <summary>A file that is not what its name says.</summary>
/// <param name="Name">Its fault.</param>
/// <param name="Make">Creates it in a folder and returns its path.</param>
/// <param name="CertificateError">The error when it is read as a certificate; null if it is one.</param>
/// <param name="KeyError">The error when it is read as a key; null if it is one.</param>
public sealed record MalformedInput(string Name, Func<string, string> Make, string? CertificateError, string? KeyError)
{
    /// <summary>The usual case: neither a certificate nor a key.</summary>
    public static MalformedInput Neither(string name, Func<string, string> make) => new(name, make, ErrorId.CertificateInvalid, ErrorId.KeyInvalid);

    /// <summary>The same error in both cases.</summary>
    public static MalformedInput Both(string name, string errorId, Func<string, string> make) => new(name, make, errorId, errorId);

    internal static Func<string, string> Content(byte[] bytes) => folder =>
    {
        var path = Path.Combine(folder, "input");
        File.WriteAllBytes(path, bytes);
        return path;
    };

    internal static Func<string, string> Content(string text) => Content(System.Text.Encoding.UTF8.GetBytes(text));
}
