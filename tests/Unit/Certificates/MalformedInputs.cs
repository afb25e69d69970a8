using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using StepCaRenew.Unit.Fixtures;
using static StepCaRenew.Unit.Certificates.MalformedInput;

namespace StepCaRenew.Unit.Certificates;

/// <summary>Contents that users, scripts and broken disks leave in place of a certificate or a key.</summary>
internal static class MalformedInputs
{
    private static readonly TestPair Pair = TestAuthority.Default.Issue();
    private static readonly string Chain = Pair.CertificatePem + TestAuthority.Default.Intermediate.ExportCertificatePem() + "\n";
    private static readonly byte[] Der = Pair.Leaf.RawData;

    private const string Certificate = ErrorId.CertificateInvalid;
    private const string Key = ErrorId.KeyInvalid;

    public static IEnumerable<MalformedInput> All =>
        CutShort().Concat(Swapped()).Concat(Foreign()).Concat(Damaged()).Concat(FileSystem()).Concat(OperatingSystem.IsWindows() ? [] : Unix());

    private static IEnumerable<MalformedInput> CutShort()
    {
        yield return Neither("certificate PEM cut in its BEGIN line", Content("-----BEGIN CERTI"));
        yield return Neither("certificate PEM cut after its BEGIN line", Content("-----BEGIN CERTIFICATE-----\n"));
        yield return Neither("certificate PEM cut in its Base64", Content(Pair.CertificatePem[..300]));
        yield return Neither("certificate PEM cut in its END line", Content(Pair.CertificatePem[..^8]));
        yield return Neither("chain cut in its second certificate", Content(Chain[..^100]));
        yield return Neither("certificate DER of one byte", Content(Der[..1]));
        yield return Neither("certificate DER cut in its header", Content(Der[..4]));
        yield return Neither("certificate DER cut in half", Content(Der[..(Der.Length / 2)]));
        yield return Neither("certificate DER without its last byte", Content(Der[..^1]));
        string[] keys = ["p256.pem", "p256-sec1.pem", "rsa2048-pkcs1.pem", "p256-pbes2-aes256.pem", "rsa2048-legacy-aes256.pem", "rsa4096.pem"];
        foreach (var key in keys)
        {
            var text = TestKeys.Text(key);
            yield return Neither($"{key} cut in its first line of Base64", Content(text[..(text.IndexOf('\n', StringComparison.Ordinal) + 20)]));
            yield return Neither($"{key} cut in half", Content(text[..(text.Length / 2)]));
            yield return Neither($"{key} cut in its END line", Content(text[..^4]));
            // Truncated by whole cipher blocks, which is found only when it is decrypted.
            if (!key.Contains("legacy", StringComparison.Ordinal))
                yield return Neither($"{key} with a line of Base64 missing", Content(WithoutLine(text, 3)));
        }

        string[] ders = ["p256.der", "p256-sec1.der", "rsa2048-pkcs1.der", "p256-pbes2-aes256.der"];
        foreach (var key in ders)
        {
            var bytes = TestKeys.Bytes(key);
            yield return Neither($"{key} cut after one byte", Content(bytes[..1]));
            yield return Neither($"{key} cut in half", Content(bytes[..(bytes.Length / 2)]));
            yield return Neither($"{key} without its last byte", Content(bytes[..^1]));
        }
    }

    private static IEnumerable<MalformedInput> Swapped()
    {
        yield return new("a certificate PEM", Content(Pair.CertificatePem), null, Key);
        yield return new("a certificate DER", Content(Der), null, Key);
        yield return new("a key PEM", Content(TestKeys.Text("p256.pem")), Certificate, null);
        yield return new("a key DER", Content(TestKeys.Bytes("p256.der")), Certificate, null);
        yield return new("a SEC 1 key DER", Content(TestKeys.Bytes("p256-sec1.der")), Certificate, null);
        yield return new("an encrypted key PEM", Content(TestKeys.Text("p256-pbes2-aes256.pem")), Certificate, ErrorId.KeyPasswordRequired);
        yield return new("an encrypted key DER", Content(TestKeys.Bytes("p256-pbes2-aes256.der")), Certificate, ErrorId.KeyPasswordRequired);
        yield return Neither("a public key", Content(TestKeys.Text("p256-public.pem")));
        yield return Neither("DH parameters", Content(TestKeys.Text("dhparam.pem")));
        yield return Neither("EC parameters without a key", Content(string.Join('\n', TestKeys.Text("p256-sec1-parameters.pem").Split('\n')[..3])));
        yield return Neither("a certificate request", Content(new CertificateRequest("CN=x", (ECDsa)Pair.Key, HashAlgorithmName.SHA256).CreateSigningRequestPem()));
    }

    private static IEnumerable<MalformedInput> Foreign()
    {
        yield return Neither("HTML", Content("<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>"));
        yield return Neither("JSON", Content("{\"status\":401,\"message\":\"no\"}"));
        yield return Neither("an SSH public key", Content(TestKeys.Text("openssh-ed25519.pub")));
        yield return new("an SSH private key", Content(TestKeys.Text("openssh-ed25519.pem")), Certificate, ErrorId.KeyUnsupported);
        yield return Neither("PKCS#12", Content(Pair.Leaf.CopyWithPrivateKey((ECDsa)Pair.Key).Export(X509ContentType.Pkcs12, "x")))
            with { CertificateError = ErrorId.KeyPasswordRequired, KeyError = ErrorId.KeyUnsupported };
        var pkcs7 = new X509Certificate2Collection(Pair.Leaf).Export(X509ContentType.Pkcs7)!;
        yield return new("PKCS#7 DER", Content(pkcs7), null, Key);
        yield return new("PKCS#7 PEM", Content(PemEncoding.WriteString("PKCS7", pkcs7)), null, Key);
        yield return Neither("PKCS#7 under a certificate's label", Content(PemEncoding.WriteString("CERTIFICATE", pkcs7)));
        yield return Neither("a Java key store", Content([0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0, 0, 0, 1]));
        yield return Neither("gzip", Content([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B, 0x4C, 4, 0]));
        yield return Neither("a password", Content("correct horse battery staple\n"));
        yield return Neither("a sequence of nothing", Content([0x30, 0x00]));
        yield return Neither("a sequence without an end", Content([0x30, 0x80, 0x30, 0x80, 0x30, 0x80]));
        yield return Neither("a digit that looks like DER", Content("0123456789\n"));
        yield return Neither("random bytes", Content([.. Enumerable.Range(0, 4096).Select(i => (byte)((i * 197) ^ (i >> 3)))]));
        yield return Neither("nested DER of great depth", Content([.. Enumerable.Repeat<byte[]>([0x30, 0x80], 20_000).SelectMany(b => b)]));
    }

    private static IEnumerable<MalformedInput> Damaged()
    {
        var key = TestKeys.Text("p256.pem");
        yield return Both("empty", ErrorId.FileEmpty, Content(string.Empty));
        yield return Neither("white space only", Content(" \r\n\t\n"));
        yield return Neither("a UTF-8 mark only", Content([0xEF, 0xBB, 0xBF]));
        yield return Neither("a UTF-16 mark only", Content([0xFF, 0xFE]));
        yield return Neither("UTF-16 cut in a character", Content([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(key)[..^21]]));
        yield return Neither("UTF-32", Content(Encoding.UTF32.GetBytes(key)));
        yield return Neither("NUL bytes", Content(new byte[4096]));
        yield return Neither("a key with NUL bytes at its end where the disk was full", Content([.. Encoding.UTF8.GetBytes(key)[..100], .. new byte[200]]));
        yield return Neither("NUL bytes within Base64", Content(key.Insert(60, "\0\0\0")));
        yield return Neither("a star in Base64 of a key", Content(key.Remove(60, 1).Insert(60, "*")));
        yield return Neither("a star in Base64 of a certificate", Content(Pair.CertificatePem.Remove(60, 1).Insert(60, "*")));
        yield return Neither("Base64 with a character missing", Content(key.Remove(60, 1)));
        yield return Neither("a block with nothing in it", Content("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"));
        yield return Neither("four dashes instead of five", Content(key.Replace("-----BEGIN", "----BEGIN", StringComparison.Ordinal)));
        yield return Neither("a BEGIN line without its dashes", Content(key.Replace("KEY-----\nM", "KEY\nM", StringComparison.Ordinal)));
        yield return Neither("an END line with another label", Content(key.Replace("END PRIVATE", "END PUBLIC", StringComparison.Ordinal)));
        yield return Neither("labels in lower case", Content(key.Replace("PRIVATE KEY", "private key", StringComparison.Ordinal)));
        yield return Neither("an unknown label", Content(key.Replace("PRIVATE KEY", "SECRET", StringComparison.Ordinal)));
        yield return Neither("a key on one line, its BEGIN line run into it", Content(key.Replace("KEY-----\nM", "KEY M", StringComparison.Ordinal).ReplaceLineEndings(string.Empty)));
        yield return Neither("a key on one line by a script, dashes lost", Content(key.Replace("-----\n", " ", StringComparison.Ordinal).ReplaceLineEndings(" ")));
        yield return Neither("a BEGIN within a block", Content(key[..60] + "\n" + key));
        yield return Neither("a label of 1 MB", Content("-----BEGIN " + new string('A', 1_000_000) + "-----"));
        yield return Neither("ten thousand foreign blocks", Content(string.Concat(Enumerable.Repeat("-----BEGIN X-----\nAAAA\n-----END X-----\n", 10_000))));
        yield return Neither("DER in a key's label that is not a key", Content(PemEncoding.WriteString("PRIVATE KEY", [0x30, 0x03, 0x02, 0x01, 0x00])));
        yield return Neither("a certificate in a key's label", Content(PemEncoding.WriteString("PRIVATE KEY", Der)));
        yield return Neither("a key in a certificate's label", Content(PemEncoding.WriteString("CERTIFICATE", TestKeys.Bytes("p256.der"))));
        yield return Neither("DEK-Info that is damaged", Content(WithoutPassword(TestKeys.Text("rsa2048-legacy-aes256.pem"))));
    }

    private static IEnumerable<MalformedInput> FileSystem()
    {
        yield return Both("nothing at all", ErrorId.FileNotFound, folder => Path.Combine(folder, "none"));
        yield return Both("nothing in a folder that is not there", ErrorId.FileNotFound, folder => Path.Combine(folder, "none", "none"));
        yield return Both("a path with a NUL character", ErrorId.FileNotFound, folder => Path.Combine(folder, "a\0b"));
        yield return Both("a folder", ErrorId.PathIsFolder, folder => Directory.CreateDirectory(Path.Combine(folder, "sub")).FullName);
        yield return Both("2 MB", ErrorId.FileTooLarge, Sparse(2L << 20));
        yield return Both("100 MB", ErrorId.FileTooLarge, Sparse(100L << 20));
        yield return Neither("1 MB of zeros, the most that is read", Sparse(1 << 20));
        yield return Both("a byte more than is read", ErrorId.FileTooLarge, Sparse((1 << 20) + 1));
    }

    private static IEnumerable<MalformedInput> Unix()
    {
        yield return Both("a pipe", ErrorId.FileUnreadable, folder =>
        {
            UnixFile.MakePipe(Path.Combine(folder, "pipe"));
            return Path.Combine(folder, "pipe");
        });
        yield return Both("a socket", ErrorId.FileUnreadable, folder =>
        {
            var path = Path.Combine(folder, "socket");
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            // Closing it removes the path, so a copy of the name is used.
            UnixFile.Link(path, path + "2");
            return path + "2";
        });
        yield return Both("a device", ErrorId.FileUnreadable, _ => "/dev/zero");
        yield return Both("the null device", ErrorId.FileUnreadable, _ => "/dev/null");
        yield return Both("a link to a device", ErrorId.FileUnreadable, folder => Link(folder, "link", "/dev/zero"));
        yield return Both("a broken link", ErrorId.LinkBroken, folder => Link(folder, "link", "none"));
        yield return Both("a link to itself", ErrorId.LinkBroken, folder => Link(folder, "link", "link"));
        yield return Both("two links in a circle", ErrorId.LinkBroken, folder =>
        {
            Link(folder, "one", "two");
            return Link(folder, "two", "one");
        });
        yield return Both("a link to a folder", ErrorId.PathIsFolder, folder => Link(folder, "link", "."));
        yield return Both("a file named as a folder", ErrorId.FileNotFound, folder =>
        {
            File.WriteAllText(Path.Combine(folder, "file"), "x");
            return Path.Combine(folder, "file", "cert.pem");
        });
        yield return Both("a file of the kernel, whose length is a lie", ErrorId.FileUnreadable, _ => "/proc/self/status");
    }

    private static string Link(string folder, string name, string target) =>
        File.CreateSymbolicLink(Path.Combine(folder, name), target).FullName;

    private static Func<string, string> Sparse(long length) => folder =>
    {
        var path = Path.Combine(folder, "large");
        using var file = File.Create(path);
        file.SetLength(length);
        return path;
    };

    private static string WithoutLine(string text, int number) => string.Join('\n', text.Split('\n').Where((_, index) => index != number));

    // Without Proc-Type it does not look encrypted; with a damaged vector it cannot be decrypted.
    private static string WithoutPassword(string text) => text.Replace("Proc-Type: 4,ENCRYPTED\n", string.Empty, StringComparison.Ordinal);
}
