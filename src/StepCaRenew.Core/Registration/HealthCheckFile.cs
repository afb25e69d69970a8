using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Permissions;

namespace StepCaRenew.Registration;

/// <summary>The file with the URL of a monitor. The URL is a secret, since anyone who knows it can report success; so it is not in the definition.</summary>
internal static class HealthCheckFile
{
    /// <summary>
    /// Reads the file that registration wrote next to the definition, if only trusted accounts can change it. It is used to
    /// report a refused definition, whose content is not trusted.
    /// </summary>
    /// <returns>Null if there is none, if others can change it, or if it has no URL.</returns>
    public static Uri? TryReadOwn(DefinitionStore store, string name)
    {
        try
        {
            if (!RenewalName.IsValid(name))
                return null;
            var path = store.MonitorFile(store.Find(name) ?? name);
            if (!File.Exists(path))
                return null;
            SafetyCheck.RequireSafeDefinition([new GuardedPath(path, "the file with the URL of the monitor")], TrustedAccounts.ForThisProcess());
            return Read(path);
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    /// <summary>Reads the URL.</summary>
    /// <exception cref="RenewalException">The file cannot be read or has no URL. The message does not show its content.</exception>
    public static Uri Read(string path)
    {
        var text = TextFile.Decode(InputFile.Read(path, "file with the URL of the monitor").Bytes).Trim();
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            ? uri
            : throw new RenewalException(
                ErrorId.DefinitionInvalid, $"The file '{path}' does not have the URL of a monitor (http or https).", "Write the whole URL into it, such as https://hc.example.com/ping/<id>.");
    }
}
