using System.Text;
using System.Text.RegularExpressions;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Text;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Certificates;

/// <summary>Any wrong input gives one clear error, soon, without quoting a key, and is not changed.</summary>
public sealed partial class MalformedInputTests
{
    // A hang would last forever; the limit is long enough for a busy machine.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly Dictionary<string, MalformedInput> Inputs = MalformedInputs.All.ToDictionary(input => input.Name);

    public static TheoryData<string> AsCertificate => new(Inputs.Values.Where(input => input.CertificateError is not null).Select(input => input.Name));

    public static TheoryData<string> AsKey => new(Inputs.Values.Where(input => input.KeyError is not null).Select(input => input.Name));

    [Theory]
    [MemberData(nameof(AsCertificate))]
    public void LoadCertificate_Malformed_IsOneClearError(string name) =>
        Check(Inputs[name], Inputs[name].CertificateError!, path => CertificateFile.Load(path).Dispose());

    [Theory]
    [MemberData(nameof(AsKey))]
    public void LoadKey_Malformed_IsOneClearError(string name) =>
        Check(Inputs[name], Inputs[name].KeyError!, path => KeyFile.Load(path).Dispose());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_NoPermission_IsAccessDenied(bool isKey)
    {
        using var folder = new TestFolder();
        var path = folder.Write("secret", TestKeys.Text("p256.pem"));
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        RenewalException? e = null;
        Unprivileged.Run(() => e = Expect.Failure(ErrorId.AccessDenied, () => Load(path, isKey)));
        Assert.Contains(PlainText.Path(path), e!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FolderWithoutPermission_IsAccessDenied()
    {
        using var folder = new TestFolder();
        var inner = Directory.CreateDirectory(folder.At("private")).FullName;
        var path = folder.Write("private/a.key", TestKeys.Text("p256.pem"));
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(inner, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Unprivileged.Run(() => Expect.Failure(ErrorId.AccessDenied, () => Load(path, isKey: true)));
    }

    private static void Load(string path, bool isKey)
    {
        if (isKey)
            KeyFile.Load(path).Dispose();
        else
            CertificateFile.Load(path).Dispose();
    }

    private static void Check(MalformedInput input, string errorId, Action<string> load)
    {
        using var folder = new TestFolder();
        var path = input.Make(folder.Path);
        var before = Snapshot(path);
        RenewalException? e = null;
        OwnThread.Run(() => e = Expect.Failure(errorId, () => load(path)), Soon);
        Assert.Contains(PlainText.Path(path), e!.Message, StringComparison.Ordinal);
        Assert.True(e.Message.Length < 1000 + path.Length, $"A message of {e.Message.Length} characters.");
        Assert.DoesNotContain(e.Message, char.IsControl);
        DemandNothingQuoted(before, e);
        Assert.Equal(before, Snapshot(path));
    }

    private static byte[]? Snapshot(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal) || !File.Exists(path)
            || new FileInfo(path) is { LinkTarget: not null } or { Length: 0 or > 1 << 20 } ? null : File.ReadAllBytes(path);

    // Base64 that is too long to be a word; labels may be quoted.
    private static void DemandNothingQuoted(byte[]? content, RenewalException e)
    {
        if (content is null)
            return;
        var said = e.Message + e.Remedy + e;
        foreach (Match piece in Pieces().Matches(Encoding.UTF8.GetString(content)))
            Assert.DoesNotContain(piece.Value, said, StringComparison.Ordinal);
    }

    [GeneratedRegex("[A-Za-z0-9+/=]{16}")]
    private static partial Regex Pieces();
}
