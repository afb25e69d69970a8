using System.Collections;
using System.Collections.Specialized;
using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>
/// The command that repairs a pair whose certificate and key do not match: it requests a certificate with the same names. An
/// error recommends it. Only the credential is missing, which an error cannot know.
/// </summary>
public sealed class RepairCommand
{
    private const string Placeholder = "<file with a token>";
    private const string PasswordPlaceholder = "<file with the password of the key>";

    /// <summary>The cmdlet.</summary>
    public string Command { get; } = "Request-StepCertificate";

    /// <summary>The common name.</summary>
    public string Subject { get; internal init; } = string.Empty;

    /// <summary>The alternative names; empty if the certificate had none.</summary>
    public TextList San { get; internal init; } = TextList.Empty;

    /// <summary>The certificate file.</summary>
    public string CertificatePath { get; internal init; } = string.Empty;

    /// <summary>The key file.</summary>
    public string KeyPath { get; internal init; } = string.Empty;

    /// <summary>Whether the key stays; otherwise it is damaged, and replaced too.</summary>
    public bool UseExistingKey { get; internal init; }

    /// <summary>The file with the password of the key; null if the key is not encrypted.</summary>
    public string? KeyPasswordFile { get; internal init; }

    /// <summary>The URL of the CA; null for that of step's configuration.</summary>
    public string? CaUrl { get; internal init; }

    /// <summary>The root certificate file of the CA; null for that of step's configuration.</summary>
    public string? Root { get; internal init; }

    /// <summary>The parameters by their names, for splatting; without the credential.</summary>
    public IDictionary Parameters
    {
        get
        {
            var parameters = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in List())
                parameters.Add(name, value);
            return parameters;
        }
    }

    /// <summary>The whole command, with a placeholder for the credential. PowerShell reads every value as it is here.</summary>
    public string Text => string.Join(' ', List().Append(("TokenFile", Placeholder)).Select(one => Render(one.Name, one.Value)).Prepend(Command));

    /// <summary>The whole command.</summary>
    public override string ToString() => Text;

    /// <summary>The same for a known CA.</summary>
    /// <param name="address">The URL of the CA.</param>
    /// <param name="root">Its root certificate file.</param>
    /// <param name="keyPasswordFile">The file with the password of the key; null if it is not known.</param>
    internal RepairCommand For(string address, string root, string? keyPasswordFile) => new()
    {
        Subject = Subject,
        San = San,
        CertificatePath = CertificatePath,
        KeyPath = KeyPath,
        UseExistingKey = UseExistingKey,
        KeyPasswordFile = KeyPasswordFile is null ? null : keyPasswordFile ?? KeyPasswordFile,
        CaUrl = address,
        Root = root,
    };

    /// <summary>The value of <see cref="KeyPasswordFile"/> if the key is encrypted and the file with its password is not known.</summary>
    internal static string UnknownPasswordFile => PasswordPlaceholder;

    /// <summary>Whether a terminal shows a text as it is: otherwise the command could be read as another one.</summary>
    internal static bool IsVisible(string text) => PlainText.Path(text) == text;

    private IEnumerable<(string Name, object Value)> List()
    {
        yield return (nameof(Subject), Subject);
        if (San.Count > 0)
            yield return (nameof(San), San.ToArray());
        yield return (nameof(CertificatePath), CertificatePath);
        yield return (nameof(KeyPath), KeyPath);
        yield return (UseExistingKey ? nameof(UseExistingKey) : "Force", true);
        if (KeyPasswordFile is not null)
            yield return (nameof(KeyPasswordFile), KeyPasswordFile);
        if (CaUrl is not null)
            yield return (nameof(CaUrl), CaUrl);
        if (Root is not null)
            yield return (nameof(Root), Root);
    }

    private static string Render(string name, object value) => value switch
    {
        string text => $"-{name} {PowerShellWord.Quote(text)}",
        string[] texts => $"-{name} {string.Join(',', texts.Select(PowerShellWord.Quote))}",
        _ => $"-{name}",
    };
}
