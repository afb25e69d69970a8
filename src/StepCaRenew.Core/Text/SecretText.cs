using System.Text.RegularExpressions;

namespace StepCaRenew.Text;

/// <summary>
/// Masks secrets in the output of programs, by the forms that they usually have. A secret in another form is not found, so a
/// hook must not print its secrets (docs/architecture.md).
/// </summary>
internal static partial class SecretText
{
    private const string Names = "password|passwd|passphrase|passcode|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?";
    private const string Value = """(?:"[^"\n]*"?|'[^'\n]*'?|[^\s"',;&]+)""";

    /// <summary>Replaces each secret that is found with <c>***</c>, and a private key with a note.</summary>
    public static string Mask(string text)
    {
        text = Key().Replace(text, "(a private key)");
        // The beginning of a key may be cut off.
        text = KeyEnd().Replace(text, "(a private key)");
        text = InUrl().Replace(text, "$1***@");
        text = Authorization().Replace(text, "$1***");
        text = Bearer().Replace(text, "$1***");
        text = Assignment().Replace(text, "$1***");
        text = Option().Replace(text, "$1***");
        text = Pair().Replace(text, "$1***");
        return Token().Replace(text, "(a token)");
    }

    [GeneratedRegex(@"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|\z)", RegexOptions.Singleline)]
    private static partial Regex Key();

    [GeneratedRegex(@"\A.*-----END [A-Z0-9 ]*PRIVATE KEY-----", RegexOptions.Singleline)]
    private static partial Regex KeyEnd();

    // https://user:password@host; a password may contain another @.
    [GeneratedRegex(@"(?<=://)([^\s/:@]*:)[^\s/]*@")]
    private static partial Regex InUrl();

    // A header of HTTP, alone or in the arguments of curl.
    [GeneratedRegex("""(\b(?:proxy-)?authorization["']?[ \t]{0,3}[:=][ \t]{0,3}["']?(?:(?:bearer|basic|digest|negotiate|token)[ \t]{1,3})?)[^\s"']+""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Authorization();

    [GeneratedRegex(@"(\bbearer[ \t]{1,3})[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Bearer();

    // password=x, DB_PASSWORD="x y", ?token=x&...
    [GeneratedRegex($"""((?:{Names})[\w-]{"{0,30}"}["']?[ \t]{"{0,3}"}=[ \t]{"{0,3}"}){Value}""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();

    // --password x
    [GeneratedRegex($"""(--?(?:[\w]{"{1,20}"}-)?(?:{Names})[ \t]{"{1,3}"})(?!-){Value}""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Option();

    // "password": "x" in JSON; password: x alone on a line, as in YAML. Within a sentence a colon introduces a reason.
    [GeneratedRegex($"""(["'][\w-]{"{0,30}"}(?:{Names})[\w-]{"{0,30}"}["']\s{"{0,3}"}:\s{"{0,3}"}){Value}|(?<=^[ \t]{"{0,20}"}(?:[\w]{"{1,20}"}[_-])?(?:{Names}):[ \t]{"{1,3}"}){Value}(?=[ \t\r]*$)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Pair();

    [GeneratedRegex(@"(?<![\w-])eyJ[\w-]*\.[\w-]+(\.[\w-]*)*")]
    private static partial Regex Token();
}
