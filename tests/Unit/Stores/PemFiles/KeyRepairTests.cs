using System.Diagnostics;
using System.Formats.Asn1;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Processes;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>The command in the remedy of KeyMismatch, and as PowerShell reads it.</summary>
public sealed class KeyRepairTests : IDisposable
{
    private const string SubjectAlternativeName = "2.5.29.17";

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Command_HasAllNamesOfAllKinds_BothPaths_AndTheCa()
    {
        var error = ErrorOf(Spec("web", ["web.example.com", "*.example.com"], ["192.0.2.1", "2001:db8::1"], ["it@example.com"], ["spiffe://example.com/web"]), "a");
        const string names = "-Subject 'web' -San 'web.example.com','*.example.com','192.0.2.1','2001:db8::1','it@example.com','spiffe://example.com/web'";
        var command = $"Request-StepCertificate {names} -CertificatePath '{folder.At("a.crt")}' -KeyPath '{folder.At("a.key")}' -UseExistingKey -TokenFile '<file with a token>'";
        Assert.Equal(command, error.Repair!.Text);
        Assert.Equal($"Restore the file that was replaced, or request a certificate for the key: {command}", error.Remedy);

        var ofCa = KeyRepair.ForCa(error, "https://ca.example.com:9000", "/etc/step/root.crt", keyPasswordFile: "/run/secret");
        Assert.Equal(command.Replace(" -TokenFile", " -CaUrl 'https://ca.example.com:9000' -Root '/etc/step/root.crt' -TokenFile", StringComparison.Ordinal), ofCa.Repair!.Text);
        Assert.EndsWith(ofCa.Repair.Text, ofCa.Remedy, StringComparison.Ordinal);
        Assert.Equal(error.Message, ofCa.Message);
        Assert.Equal(["Subject", "San", "CertificatePath", "KeyPath", "UseExistingKey", "CaUrl", "Root"], ofCa.Repair.Parameters.Keys.Cast<string>());
        Assert.Equal(["web.example.com", "*.example.com", "192.0.2.1", "2001:db8::1", "it@example.com", "spiffe://example.com/web"], (string[])ofCa.Repair.Parameters["San"]!);
    }

    [Fact]
    public void EncryptedKey_NeedsTheFileWithItsPassword()
    {
        var certificatePath = folder.Write("a.crt", TestAuthority.Default.Issue().CertificatePem);
        var keyPath = folder.Write("a.key", TestKeys.Text("rsa2048-pbes2-aes256.pem"));
        using var password = new KeyPassword(TestKeys.Password);
        using var certificate = CertificateFile.Load(certificatePath);
        using var key = KeyFile.Load(keyPath, password);
        var error = KeyMismatch.Describe(certificate, key);
        Assert.Contains(" -KeyPasswordFile '<file with the password of the key>' ", error.Remedy, StringComparison.Ordinal);
        Assert.Equal("/run/secret", KeyRepair.ForCa(error, "https://ca", "/root.crt", "/run/secret").Repair!.KeyPasswordFile);
    }

    [Fact]
    public void Command_WithoutACommonName_NamesTheFirstSan() =>
        Assert.StartsWith("Request-StepCertificate -Subject 'web.example.com' -San 'web.example.com','www.example.com' ", ErrorOf(Spec(null, ["web.example.com", "www.example.com"]), "a").Repair!.Text, StringComparison.Ordinal);

    /// <summary>Names and files with characters that are special in PowerShell.</summary>
    public static IReadOnlyList<string> Hostile { get; } =
    [
        "a b", "$(Set-Content pwned 1)", "`$(Set-Content pwned 1)", "$HOME", "${HOME}", "a;Set-Content pwned 1", "a&Set-Content pwned 1", "a|Set-Content pwned", "a>pwned", "*", "?", "~", "#a", "a,b", "(a)", "{a}", "[a]",
        "@a", "@(Set-Content pwned 1)", "%a%", "!a", "a\\", "\"a\"", "a\"b", "it's", "''", "' ; Set-Content pwned 1 #", "\u2019; Set-Content pwned 1 #", "\u2018\u2019\u201a\u201b", "\u201c$(Set-Content pwned 1)\u201d",
        "it's a, b; c", "it's $HOME", "-a", "--force", "--", "--%", "a --%", "-a.b:c", "-Root", "a=b", "<a", "a^b", "Zoë", "名前", "😀", "a\u00a0b", "\u2013Force", "-", "",
    ];

    [Fact]
    public async Task Command_HostileNamesAndPaths_AreReadAsTheyAre_AndNothingElseRuns()
    {
        Assert.SkipUnless(ProgramFinder.Find("pwsh") is not null, "pwsh is not on the PATH.");
        var script = new StringBuilder();
        script.AppendLine("function Request-StepCertificate { param([string] $Subject, [string[]] $San, [string] $CertificatePath, [string] $KeyPath, [switch] $UseExistingKey, [string] $CaUrl, [string] $Root, [string] $TokenFile)");
        script.AppendLine("  ConvertTo-Json -Compress -EscapeHandling EscapeNonAscii @($Subject, $San, $CertificatePath, $KeyPath, [bool] $UseExistingKey, $CaUrl, $Root, $TokenFile, $args) }");
        var expected = new List<JsonArray>();
        foreach (var (name, index) in Hostile.Where(name => name.Length > 0).Select((name, index) => (name, index)))
        {
            var (ascii, file) = (name.All(char.IsAscii) ? name : "web", $"{index}{string.Concat(name.Select(one => Path.GetInvalidFileNameChars().Contains(one) ? '_' : one))}");
            string[] sans = [ascii, $"{ascii}@example.com", $"spiffe://example.com/{ascii}"];
            var error = KeyRepair.ForCa(ErrorOf(Spec(name, [ascii], [], [sans[1]], [sans[2]]), file), $"https://{ascii}", folder.At(file), null);
            script.AppendLine(error.Repair!.Text);
            expected.Add([name, new JsonArray([.. sans.Select(san => (JsonNode)san)]), folder.At(file + ".crt"), folder.At(file + ".key"), true, $"https://{ascii}", folder.At(file), "<file with a token>", new JsonArray()]);
        }

        var path = folder.At("run.ps1");
        File.WriteAllText(path, script.ToString(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var (output, errors) = (new MemoryStream(), new MemoryStream());
        var start = new ProcessStartInfo("pwsh", ["-NoProfile", "-NonInteractive", "-File", path]) { WorkingDirectory = folder.Path };
        await RunningProgram.RunAsync(start, default, stream => stream.CopyToAsync(output), stream => stream.CopyToAsync(errors), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal("", Encoding.UTF8.GetString(errors.ToArray()));
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Count, lines.Length);
        foreach (var (line, wanted) in lines.Zip(expected))
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(line), wanted), $"{line} instead of {wanted.ToJsonString()}");
        Assert.False(File.Exists(folder.At("pwned")));
    }

    // A terminal would not show the character, so that the command could be read as another one.
    [Theory]
    [InlineData("two\nlines")]
    [InlineData("escape \u001b[31m")]
    [InlineData("right to left \u202e")]
    [InlineData("line \u2028 separator")]
    public void NameThatATerminalDoesNotShow_IsAdviceInWords(string name) => RequireWords(ErrorOf(Spec(name, ["web.example.com"]), "a"));

    [Fact]
    public void NamesThatCannotBeRequested_AreAdviceInWords()
    {
        var registered = new AsnWriter(AsnEncodingRules.DER);
        using (registered.PushSequence())
            registered.WriteObjectIdentifier("1.2.3.4", new Asn1Tag(TagClass.ContextSpecific, 8));
        RequireWords(ErrorOf(Spec("web", ["web.example.com"]) with { Extensions = [(SubjectAlternativeName, registered.Encode())] }, "b"));
        RequireWords(ErrorOf(Spec(null, []), "c"));
    }

    private static void RequireWords(RenewalException error)
    {
        Assert.Null(error.Repair);
        Assert.Equal("Restore the file that was replaced, or request a certificate for the key: Request-StepCertificate with -UseExistingKey, and -San for each of the old certificate's names.", error.Remedy);
    }

    private RenewalException ErrorOf(LeafSpec spec, string file)
    {
        using var certificate = CertificateFile.Load(folder.Write(file + ".crt", TestAuthority.Default.Issue(spec).CertificatePem));
        using var key = KeyFile.Load(folder.Write(file + ".key", TestKeys.Text("p256.pem")));
        return KeyMismatch.Describe(certificate, key);
    }

    // The usual builders refuse such names.
    private static LeafSpec Spec(string? commonName, string[] dnsNames, string[]? addresses = null, string[]? mails = null, string[]? uris = null)
    {
        var names = new AsnWriter(AsnEncodingRules.DER);
        using (names.PushSequence())
        {
            Write(names, 2, dnsNames);
            foreach (var address in addresses ?? [])
                names.WriteOctetString(IPAddress.Parse(address).GetAddressBytes(), new Asn1Tag(TagClass.ContextSpecific, 7));
            Write(names, 1, mails ?? []);
            Write(names, 6, uris ?? []);
        }

        return new()
        {
            SubjectDer = Subject(commonName),
            DnsNames = [],
            Extensions = dnsNames.Length == 0 ? [] : [(SubjectAlternativeName, names.Encode())],
        };
    }

    private static void Write(AsnWriter writer, int kind, IEnumerable<string> names)
    {
        foreach (var name in names)
            writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, kind));
    }

    private static byte[] Subject(string? commonName)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (commonName is not null)
            {
                using (writer.PushSetOf())
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("2.5.4.3");
                    writer.WriteCharacterString(UniversalTagNumber.UTF8String, commonName);
                }
            }
        }

        return writer.Encode();
    }
}
