using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.Permissions;

/// <summary>A folder that only root and the user of the tests may write, and what a check says of what is in it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class GuardedPlace : IDisposable
{
    public const uint Stranger = 1234;
    private const uint StrangeGroup = 5678;
    private readonly TestFolder folder = new();

    public string Path => folder.Path;

    /// <summary>Root and the user of the tests.</summary>
    public TrustedAccounts Trusted { get; init; } = TrustedAccounts.ForThisProcess();

    public void Dispose() => folder.Dispose();

    public string At(string name) => folder.At(name);

    /// <summary>A file that only its owner may write, with the folders above it.</summary>
    public string File(string name)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!, (UnixFileMode)0b111_101_101);
        return Mode(folder.Write(name, "1"), 0b110_100_100);
    }

    public string Folder(string name) => Directory.CreateDirectory(At(name), (UnixFileMode)0b111_101_101).FullName;

    public string Link(string name, string target) => System.IO.File.CreateSymbolicLink(At(name), target).FullName;

    public static string Mode(string path, int mode)
    {
        System.IO.File.SetUnixFileMode(path, (UnixFileMode)mode);
        return path;
    }

    /// <summary>Gives a path to somebody else; only root can.</summary>
    public static string Give(string path, uint user = Stranger)
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can give files away.");
        UnixFile.ChangeOwner(path, user, 0);
        return path;
    }

    /// <summary>Lets a group write that is not root's.</summary>
    public static string LetGroupWrite(string path)
    {
        if (Unprivileged.IsRoot)
            UnixFile.ChangeOwner(path, 0, StrangeGroup);
        System.IO.File.SetUnixFileMode(path, System.IO.File.GetUnixFileMode(path) | UnixFileMode.GroupWrite);
        return path;
    }

    /// <summary>The path is refused for one right, over another path or itself.</summary>
    public RenewalException Refused(string path, string over, string right) => Refused(new GuardedPath(path, "the script"), over, right);

    public RenewalException Refused(GuardedPath guarded, string over, string right)
    {
        var failure = Expect.Failure(ErrorId.InsecureDefinition, () => Check().RequireDefinition([guarded]));
        Assert.Contains($"'{guarded.Path}'", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"'{over}' {right}", failure.Message, StringComparison.Ordinal);
        Assert.Contains(over, failure.Remedy, StringComparison.Ordinal);
        // Nothing else but that.
        Assert.All(Check().Find(guarded), finding => Assert.Equal(over, finding.Path));
        return failure;
    }

    public void Accepted(string path) => Accepted(new GuardedPath(path, "the script"));

    public void Accepted(GuardedPath guarded) => Check().RequireDefinition([guarded]);

    // The machine's own users must not decide: a developer's group may be private.
    public SafetyCheck Check() => new(Trusted, new UnixRights(new PrivateGroups(At("no-etc"))));
}
