using System.Diagnostics;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Processes;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>The command in the remedy of KeyMismatch, as the shells read it.</summary>
public sealed class ReissueAdviceTests : IDisposable
{
    private const string SubjectAlternativeName = "2.5.29.17";

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Command_HasAllNamesOfAllKinds_AndTheKeysKind()
    {
        var spec = Spec("web", ["web.example.com", "*.example.com"], ["192.0.2.1", "2001:db8::1"], ["it@example.com"], ["spiffe://example.com/web"]);
        var (certificate, key) = (Quoted(folder.At("a.crt")), Quoted(folder.At("a.key")));
        Assert.Equal(
            $"step ca certificate --force --san=web.example.com '--san=*.example.com' --san=192.0.2.1 --san=2001:db8::1 '--san=it@example.com' --san=spiffe://example.com/web web {certificate} {key}",
            CommandOf(spec, "a"));
        using var rsa = RSA.Create(3072);
        Assert.StartsWith("step ca certificate --force --kty=RSA --size=3072 --san=", CommandOf(spec with { Key = rsa }, "rsa"), StringComparison.Ordinal);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.StartsWith("step ca certificate --force --kty=EC --crv=P-384 --san=", CommandOf(spec with { Key = ec }, "ec"), StringComparison.Ordinal);
    }

    [Fact]
    public void Command_WithoutACommonName_NamesTheFirstSan()
    {
        var command = CommandOf(Spec(null, ["web.example.com", "www.example.com"]), "a");
        Assert.Contains(" --san=web.example.com --san=www.example.com web.example.com " + Quoted(folder.At("a.crt")), command, StringComparison.Ordinal);
        Assert.DoesNotContain("''", command, StringComparison.Ordinal);
    }

    /// <summary>Names and files with characters that are special in a shell.</summary>
    public static TheoryData<string> Hostile { get; } =
    [
        "a b", "$(touch pwned)", "`touch pwned`", "$HOME", "${HOME}", "a;touch pwned", "a&touch pwned", "a|touch pwned", "a>pwned", "*", "?", "~", "#a", "a,b", "(a)", "{a}", "[a]", "@a", "%a%",
        "!a", "a\\", "a\\b", "\"a\"", "a\"b", "it's", "''", "it's a, b; c", "-a", "--force", "--", "a --%", "-a.b:c", "-a.b", "-a:b", "-", "a=b", "a:b.c", "<a", "a^b", "Zoë", "名前", "😀",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Command_HostileNames_ReachStepAsTheyAre_ThroughSh(string name) => RequireReadAs(name, "sh");

    [Fact]
    public void Command_HostileNames_ReachStepAsTheyAre_ThroughPwsh() => RequireReadAs([.. Hostile.Select(row => row.Data)], "pwsh");

    // No quoting works in both shells, or a terminal would not show the character.
    [Theory]
    [InlineData("it's $HOME")]
    [InlineData("'; touch pwned #$")]
    [InlineData("it\u2019s `touch pwned`")]
    [InlineData("--%")]
    [InlineData("it's a\\\\b")]
    [InlineData("it's here\\")]
    [InlineData("it's here!")]
    [InlineData("it's \"here\"")]
    [InlineData("it's \u201chere\u201d")]
    [InlineData("two\nlines")]
    [InlineData("escape \u001b[31m")]
    [InlineData("right to left \u202e")]
    [InlineData("line \u2028 separator")]
    public void NameThatCannotBeQuoted_IsAdviceInWords(string name)
    {
        var advice = AdviceOf(Spec(name, ["web.example.com"]), "a");
        Assert.Equal("Restore the file that was replaced, or issue a new pair with 'step ca certificate' and a --san for each of the old certificate's names (and --force).", advice);
    }

    [Fact]
    public void NamesThatStepDoesNotAccept_AreAdviceInWords()
    {
        var spec = Spec("web", ["web.example.com"]);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            writer.WriteCharacterString(UniversalTagNumber.IA5String, "web.example.com", new Asn1Tag(TagClass.ContextSpecific, 2));
        var registered = new AsnWriter(AsnEncodingRules.DER);
        using (registered.PushSequence())
            registered.WriteObjectIdentifier("1.2.3.4", new Asn1Tag(TagClass.ContextSpecific, 8));
        Assert.Contains("step ca certificate --force", AdviceOf(spec with { Extensions = [(SubjectAlternativeName, writer.Encode())] }, "a"), StringComparison.Ordinal);
        Assert.DoesNotContain("step ca certificate --force", AdviceOf(spec with { Extensions = [(SubjectAlternativeName, registered.Encode())] }, "b"), StringComparison.Ordinal);
        Assert.DoesNotContain("step ca certificate --force", AdviceOf(Spec(null, []), "c"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one.pem", "one.pem")]
    [InlineData("one.pem", "link.pem")]
    [InlineData("link.pem", "one.pem")]
    public void OneFileForBoth_IsAdviceInWords(string certificate, string key)
    {
        var pair = TestAuthority.Default.Issue();
        folder.Write("one.pem", pair.CertificatePem + "\n" + TestKeys.Text("p256.pem"));
        if (OperatingSystem.IsWindows())
            WindowsLink.MakeOrSkip(folder.At("link.pem"), "one.pem");
        else
            File.CreateSymbolicLink(folder.At("link.pem"), "one.pem");
        var advice = Describe(folder.At(certificate), folder.At(key));
        Assert.Equal(
            $"Restore the file that was replaced, or issue a new pair with 'step ca certificate' and a --san for each of the old certificate's names into two new files, and write both into '{folder.At(certificate)}'.",
            advice);
    }

    [Fact]
    public void FileThatHoldsMore_OrIsDer_IsAdviceInWords()
    {
        var pair = TestAuthority.Default.Issue();
        folder.Write("both.pem", pair.CertificatePem + "\n" + pair.KeyPem);
        folder.Write("leaf.crt", pair.CertificatePem);
        folder.Write("leaf.der", pair.Leaf.RawData);
        folder.Write("other.key", TestKeys.Text("p256.pem"));
        folder.Write("other.pem", pair.CertificatePem + "\n" + TestKeys.Text("p256.pem"));
        foreach (var (certificate, key) in new[] { ("both.pem", "other.key"), ("leaf.crt", "other.pem"), ("leaf.der", "other.key") })
        {
            var advice = Describe(folder.At(certificate), folder.At(key));
            Assert.Contains("into two new files", advice, StringComparison.Ordinal);
            Assert.DoesNotContain("--force", advice, StringComparison.Ordinal);
        }
    }

    private void RequireReadAs(string name, string shell) => RequireReadAs([name], shell);

    // As the name, as a SAN of each kind, and as the name of the files.
    private void RequireReadAs(IReadOnlyList<string> names, string shell)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stub of step is a script of sh.");
        Assert.SkipUnless(ProgramFinder.Find(shell) is not null, $"{shell} is not on the PATH.");
        var (bin, record) = (Directory.CreateDirectory(folder.At("bin")).FullName, folder.At("record"));
        File.WriteAllText(Path.Combine(bin, "step"), $"#!/bin/sh\nprintf '%s\\n' \"$@\" '' >>{record}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(bin, "step"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (script, expected) = (new StringBuilder(), new StringBuilder());
        foreach (var (name, index) in names.Select((name, index) => (name, index)))
        {
            var (ascii, file) = (name.All(char.IsAscii) ? name : "web", $"{index}{name.Replace('/', '_')}");
            script.AppendLine(CommandOf(Spec(name, [ascii], [], [$"{ascii}@example.com"], [$"spiffe://example.com/{ascii}"]), file));
            expected.AppendJoin('\n', "ca", "certificate", "--force", $"--san={ascii}", $"--san={ascii}@example.com", $"--san=spiffe://example.com/{ascii}");
            expected.Append('\n').AppendJoin('\n', [.. name.StartsWith('-') ? ["--"] : Array.Empty<string>(), name, folder.At(file + ".crt"), folder.At(file + ".key"), "", ""]);
        }

        var path = folder.Write(shell == "sh" ? "run.sh" : "run.ps1", script.ToString());
        var start = new ProcessStartInfo(shell, shell == "sh" ? [path] : ["-NoProfile", "-NonInteractive", "-File", path]) { RedirectStandardError = true, WorkingDirectory = folder.Path };
        start.Environment["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        Assert.Equal("", process.StandardError.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(expected.ToString(), File.ReadAllText(record));
        Assert.False(File.Exists(folder.At("pwned")));
    }

    // A backslash is special in the shells.
    private static string Quoted(string path) => OperatingSystem.IsWindows() ? $"'{path}'" : path;

    private string CommandOf(LeafSpec spec, string file)
    {
        var advice = AdviceOf(spec, file);
        const string start = "Restore the file that was replaced, or issue a new pair: ";
        Assert.StartsWith(start + "step ca certificate ", advice, StringComparison.Ordinal);
        return advice[start.Length..];
    }

    private string AdviceOf(LeafSpec spec, string file) =>
        Describe(folder.Write(file + ".crt", TestAuthority.Default.Issue(spec).CertificatePem), folder.Write(file + ".key", TestKeys.Text("p256.pem")));

    private static string Describe(string certificatePath, string keyPath)
    {
        using var certificate = CertificateFile.Load(certificatePath);
        using var key = KeyFile.Load(keyPath);
        return KeyMismatch.Describe(certificate, key).Remedy;
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
