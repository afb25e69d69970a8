namespace StepCaRenew.Fixtures;

/// <summary>The folder of one test, deleted after it. Any user can enter it, because some tests act as another user.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("stepcarenew-test-").FullName;

    /// <summary>The path of a file in the folder, whether it exists or not.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string content)
    {
        File.WriteAllText(At(name), content);
        return At(name);
    }

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(At(name), content);
        return At(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static implicit operator string(TestFolder folder) => folder.Path;
}
