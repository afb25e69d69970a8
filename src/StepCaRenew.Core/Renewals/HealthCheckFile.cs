using StepCaRenew.Certificates;
using StepCaRenew.Safety;

namespace StepCaRenew.Renewals;

/// <summary>The file with the address of a monitor: whoever knows it can say that all is well, so it stands in no definition.</summary>
internal static class HealthCheckFile
{
    /// <summary>
    /// Reads the file that registration made next to the definition, if only the accounts of this process can change it. A
    /// definition that is refused is not asked for anything, so that this file alone says whom to tell.
    /// </summary>
    /// <returns>Null if there is none, if others can change it, or if it holds no address.</returns>
    public static Uri? TryReadOwn(DefinitionStore store, string name)
    {
        try
        {
            if (!RenewalName.IsValid(name))
                return null;
            var path = store.MonitorFile(store.Find(name) ?? name);
            if (!File.Exists(path))
                return null;
            SafetyCheck.RequireSafeDefinition([new GuardedPath(path, "the file with the monitor's address")], TrustedAccounts.ForThisProcess());
            return Read(path);
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    /// <summary>Reads the address.</summary>
    /// <exception cref="RenewalException">The file can't be read, or holds no address. What it holds is not told.</exception>
    public static Uri Read(string path)
    {
        var text = TextFile.Decode(InputFile.Read(path, "file with the monitor's address").Bytes).Trim();
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            ? uri
            : throw new RenewalException(
                ErrorId.DefinitionInvalid, $"The file '{path}' holds no http or https address.", "Write the monitor's whole address into it, such as https://hc.example.com/ping/<id>.");
    }
}
