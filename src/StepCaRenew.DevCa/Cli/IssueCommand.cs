using System.Globalization;
using System.Security.Cryptography;
using StepCaRenew.DevCa.Authority;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Cli;

/// <summary>Issues a certificate of a chosen age with the key of the CA in a folder.</summary>
internal static class IssueCommand
{
    public static int Execute(Arguments arguments)
    {
        var folder = new CaFolder(arguments.Required("--folder"));
        var name = arguments.Required("--name");
        var sans = arguments.Values("--san");
        var lifetime = Lifetime(arguments.Value("--lifetime") ?? "24h");
        var elapsed = Elapsed(arguments.Value("--elapsed") ?? "0%");
        var algorithm = arguments.Value("--key") ?? "EC-P256";
        var provisionerName = arguments.Value("--provisioner") ?? "admin";
        var files = arguments.Rest("CRT", "KEY");

        var options = folder.Load();
        var provisioner = options.Provisioners!.FirstOrDefault(p => p.Name == provisionerName)
            ?? throw new UsageException($"There is no provisioner '{provisionerName}'.");
        using var key = Key(algorithm);
        var begin = TimeProvider.System.GetUtcNow() - (lifetime * elapsed);
        var profile = new LeafProfile
        {
            Name = name,
            Sans = sans.Count > 0 ? sans : [name],
            NotBefore = begin,
            NotAfter = begin + lifetime,
            ClientAuth = provisioner.ClientAuth,
            Provisioner = (provisioner.Name, provisioner.KeyId),
        };
        var leaf = options.Identity!.Issuer.Issue(profile, KeyPairs.PublicKeyOf(key));
        PemFiles.WriteKey(files[1], key);
        PemFiles.WriteCertificates(files[0], [leaf, .. options.Identity.Intermediates]);
        return 0;
    }

    private static TimeSpan Lifetime(string text) => GoTime.Duration(text) is { } time && time > TimeSpan.Zero
        ? time
        : throw new UsageException($"'{text}' is not a lifetime; write 24h or 90s.");

    private static double Elapsed(string text) =>
        text.EndsWith('%') && double.TryParse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture, out var percent) && percent >= 0
            ? percent / 100
            : throw new UsageException($"'{text}' is not a percentage; write 70%.");

    private static AsymmetricAlgorithm Key(string algorithm)
    {
        try
        {
            return KeyPairs.Create(algorithm);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }
}
