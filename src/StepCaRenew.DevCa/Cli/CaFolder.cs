using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Authority;
using StepCaRenew.DevCa.Pki;
using Layout = System.IO.Path;

namespace StepCaRenew.DevCa.Cli;

/// <summary>A CA's keys and provisioners on disk, in a folder that is also a STEPPATH.</summary>
internal sealed class CaFolder(string path)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public string Path { get; } = Layout.GetFullPath(path);

    private string ConfigFile => Layout.Combine(Path, "config", "ca.json");

    /// <summary>Loads the CA, or makes a new one.</summary>
    public DevCaOptions LoadOrCreate(DevCaOptions options)
    {
        if (!File.Exists(ConfigFile))
            Save(CaIdentity.Create(options.TimeProvider.GetUtcNow()), Provisioner.CreateAll(options.Password, options.Generation), options.Password);
        var loaded = Load();
        return options with { Identity = loaded.Identity, Provisioners = loaded.Provisioners };
    }

    /// <summary>Loads the CA.</summary>
    public DevCaOptions Load()
    {
        if (!File.Exists(ConfigFile))
            throw new FileNotFoundException($"There is no CA in {Path}: start one with 'run --folder'.", ConfigFile);
        var provisioners = JsonNode.Parse(File.ReadAllText(ConfigFile))!["authority"]!["provisioners"]!.AsArray();
        return new()
        {
            Identity = new(Certificates("root_ca.crt"), Key("root_ca_key"), Certificates("intermediate_ca.crt"), Key("intermediate_ca_key")),
            Provisioners = [.. provisioners.Select(p => new Provisioner((string)p!["name"]!, p["key"]!.DeepClone().AsObject(), (string)p["encryptedKey"]!))],
        };
    }

    /// <summary>Replaces certificates and keys; a running server uses them after a restart.</summary>
    public void SaveIdentity(CaIdentity ca)
    {
        PemFiles.WriteCertificates(CertificateFile("root_ca.crt"), ca.Roots);
        PemFiles.WriteCertificates(CertificateFile("intermediate_ca.crt"), ca.Intermediates);
        PemFiles.WriteKey(KeyFile("root_ca_key"), ca.RootKey);
        PemFiles.WriteKey(KeyFile("intermediate_ca_key"), ca.IntermediateKey);
    }

    private void Save(CaIdentity ca, IReadOnlyList<Provisioner> provisioners, string password)
    {
        foreach (var folder in new[] { "config", "certs", "secrets" })
            Directory.CreateDirectory(Layout.Combine(Path, folder));
        SaveIdentity(ca);
        PemFiles.WriteSecret(KeyFile("password"), password);
        var entries = provisioners.Select(p => (JsonNode)new JsonObject
        {
            ["type"] = "JWK",
            ["name"] = p.Name,
            ["key"] = p.Key.DeepClone(),
            ["encryptedKey"] = p.EncryptedKey,
        });
        var config = new JsonObject { ["authority"] = new JsonObject { ["provisioners"] = new JsonArray([.. entries]) } };
        // Written last: if this file exists, so do the others.
        File.WriteAllText(ConfigFile, config.ToJsonString(Indented) + "\n");
    }

    private X509Certificate2[] Certificates(string name)
    {
        X509Certificate2Collection all = [];
        all.ImportFromPemFile(CertificateFile(name));
        return [.. all];
    }

    private ECDsa Key(string name)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(KeyFile(name)));
        return key;
    }

    private string CertificateFile(string name) => Layout.Combine(Path, "certs", name);

    private string KeyFile(string name) => Layout.Combine(Path, "secrets", name);
}
