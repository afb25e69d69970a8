using System.Formats.Asn1;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Certificates;
using StepCaRenew.Inspection;
using StepCaRenew.Logging;
using StepCaRenew.Registration;
using StepCaRenew.Renewal;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit;

/// <summary>Text that another account chose (in a file, a file name or a certificate) must not control the terminal that shows a result.</summary>
public sealed class HostileTextTests : IDisposable
{
    /// <summary>Sequences of ESC and of C1, C0, DEL, bidirectional controls, separators of lines, and an invisible character.</summary>
    private const string Hostile = "a\u001b[2J\u001b]0;title\u0007b\u009b31mc\u0008\r\nd\te\u007f\u0085f\u202a\u202b\u202c\u202d\u202eg\u2066\u2067\u2068\u2069h\u2028\u2029i\u200bj";

    private readonly TestFolder folder = new();

    public static TheoryData<Type> Results => ResultTests.All;

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Results))]
    public void EveryProperty_GivenHostileText_IsClean(Type type)
    {
        var result = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties())
        {
            if (property.PropertyType == typeof(string))
                property.SetValue(result, Hostile);
            else if (property.PropertyType == typeof(TextList))
                property.SetValue(result, TextList.FromNames([Hostile, Hostile]));
        }

        AssertClean(result);
        Assert.All(Texts(result), text => Assert.Contains("j", text.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void HostileCertificate_EveryPropertyIsClean()
    {
        var (certificate, key) = HostilePair("web");
        using var file = CertificateFile.Load(certificate);
        var shown = new CertificateInspector(TimeProvider.System).Inspect(file, key, null);
        Assert.Contains("title", file.Leaf.Subject, StringComparison.Ordinal);
        Assert.Contains("\u001b", StepProvisioner.FromCertificate(file.Leaf)!.Name, StringComparison.Ordinal);
        AssertClean(shown);
        Assert.NotEmpty(shown.DnsNames);
        Assert.NotEmpty(shown.Uris);
        Assert.NotNull(shown.Provisioner);
    }

    [LinuxFact]
    public async Task HostileFileName_EveryPropertyOfEveryResultIsClean()
    {
        var (certificate, key) = HostilePair("x\u001b[31m\u202ey");
        using (var file = CertificateFile.Load(certificate))
            AssertClean(new CertificateInspector(TimeProvider.System).Inspect(file, key, null));
        AssertClean(PairTestResult.FromFiles(certificate, key, null));
        using var engine = new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, NullLogger.Instance);
        var (result, error) = await engine.RenewAsync(new RenewalRequest { CertificatePath = certificate, Ca = new() { StepPath = folder.At("none") } }, CancellationToken.None);
        Assert.NotNull(error);
        AssertClean(result);
        Assert.DoesNotContain(error.Message + error.Remedy, IsHidden);
    }

    // Removed characters could make it the name of another file, which the next cmdlet of a pipeline would work on.
    [Fact]
    public void HostilePath_IsNotThatOfAnotherFile() =>
        Assert.Equal("/home/web/a\uFFFDb\u200Cc.crt", new RenewalResult { CertificatePath = "/home/web/a\u202eb\u200Cc.crt" }.CertificatePath);

    [Fact]
    public void HostileState_IsCleanWhenItIsRead()
    {
        var hostile = System.Text.Json.JsonSerializer.Serialize(Hostile + new string('x', 100_000));
        var state = StateFormat.Parse(Encoding.UTF8.GetBytes($$"""{"lastStatus":{{hostile}},"lastErrorId":{{hostile}},"lastErrorMessage":{{hostile}},"actionsPending":false}"""))!;
        Assert.Equal(3, Texts(state).Count());
        AssertClean(state);
        Assert.All(Texts(state), text => Assert.InRange(text.Text.Length, 10, 5000));
    }

    [Fact]
    public void HostileMessage_IsCleanInErrorsAndEvents()
    {
        var error = new RenewalException(ErrorId.FileNotFound, Hostile, Hostile);
        Assert.DoesNotContain(error.Message + error.Remedy, IsHidden);
        var sink = new Sink();
        new SinkLogger(sink).Log(LogLevel.Warning, new EventId(1), Hostile, null, (text, _) => text);
        Assert.DoesNotContain(Assert.Single(sink.Messages).Where(one => one is not ('\n' or '\t')), IsHidden);
    }

    [Fact]
    public void HostileMessage_IsCleanInALog()
    {
        var path = folder.At("log");
        TaskLog.Warned(new JsonLogger(path, TimeProvider.System, NullLogger.Instance), Hostile);
        using var line = System.Text.Json.JsonDocument.Parse(File.ReadAllText(path));
        Assert.DoesNotContain(line.RootElement.GetProperty("message").GetString()!.Where(one => one is not ('\n' or '\t')), IsHidden);
        Assert.DoesNotContain(File.ReadAllText(path).TrimEnd('\n'), IsHidden);
    }

    private static bool IsHidden(char one) => char.GetUnicodeCategory(one)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static IEnumerable<(string Name, string Text)> Texts(object result) =>
        result.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.PropertyType == typeof(string) || property.PropertyType == typeof(TextList))
            .Select(property => (property.Name, property.GetValue(result)?.ToString() ?? string.Empty)).Where(one => one.Item2.Length > 0);

    private static void AssertClean(object result) => Assert.All(Texts(result), text => Assert.DoesNotContain(text.Text, IsHidden));

    private (string Certificate, string Key) HostilePair(string name)
    {
        var pair = TestAuthority.Default.Issue(new LeafSpec
        {
            SubjectDer = HostileSubject(),
            DnsNames = [],
            Extensions = [("2.5.29.17", HostileNames()), (StepProvisioner.Oid, ProvisionerExtension.Encode(1, Hostile, "id"))],
        });
        return pair.WriteTo(folder, name, TestAuthority.Default.Intermediate);
    }

    // As a CA with a loose template issues it; .NET's own parser of names would refuse some of these characters.
    private static byte[] HostileSubject()
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName("a\u001b]0;title\u0007\u202eb");
        return builder.Build().RawData;
    }

    // RFC 5280 section 4.2.1.6: mail, DNS and URI are IA5String, which has all characters of ASCII.
    private static byte[] HostileNames()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var (kind, name) in new[] { (1, "a\u001b[31m@example.com"), (2, "a\u001b]0;t\u0007.example.com"), (2, "\u007fb.example.com"), (6, "https://example.com/\u001b[2J") })
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, kind));
        }

        return writer.Encode();
    }

    private sealed class Sink : IEventSink
    {
        public List<string> Messages { get; } = [];

        public bool Shows(EventLevel level) => true;

        public void Show(EventLevel level, string message) => Messages.Add(message);
    }
}
