using System.Text.Json;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa;

/// <summary>The client's files of a step installation.</summary>
internal static class StepPath
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task WriteAsync(string folder, Uri url, CaIdentity ca)
    {
        var root = Path.Combine(Path.GetFullPath(folder), "certs", "root_ca.crt");
        Directory.CreateDirectory(Path.Combine(folder, "config"));
        Directory.CreateDirectory(Path.Combine(folder, "certs"));
        PemFiles.WriteCertificates(root, ca.Roots);
        PemFiles.WriteCertificates(Path.Combine(folder, "certs", "intermediate_ca.crt"), ca.Intermediates);
        var defaults = new JsonObject
        {
            ["ca-url"] = url.GetLeftPart(UriPartial.Authority),
            ["fingerprint"] = ca.Fingerprint,
            ["root"] = root,
        };
        await File.WriteAllTextAsync(Path.Combine(folder, "config", "defaults.json"), defaults.ToJsonString(Indented) + "\n");
    }
}
