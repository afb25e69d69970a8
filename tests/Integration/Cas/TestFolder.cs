namespace StepCaRenew.Integration.Cas;

/// <summary>A folder of one test, deleted after it.</summary>
public sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("stepcarenew-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static implicit operator string(TestFolder folder) => folder.Path;
}
