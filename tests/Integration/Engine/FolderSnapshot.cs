using System.Security.Cryptography;

namespace StepCaRenew.Integration.Engine;

/// <summary>Everything in a folder at one moment: which files, what is in them, and who may do what.</summary>
internal sealed class FolderSnapshot
{
    private readonly string folder;
    private readonly List<string> files;

    private FolderSnapshot(string folder)
    {
        this.folder = folder;
        files = Describe(folder);
    }

    public static FolderSnapshot Take(string folder) => new(folder);

    /// <summary>Byte for byte the same files, and none besides but a lock: nothing staged was left behind.</summary>
    public void AssertUntouched() => Assert.Equal(files, Describe(folder));

    private static List<string> Describe(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { AttributesToSkip = 0 })
            .Where(file => !LockName.Is(file.Name)).OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => $"{file.Name} {(OperatingSystem.IsWindows() ? 0 : file.UnixFileMode)} {file.LastWriteTimeUtc:O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))}"),
    ];
}
