using System.Text;
using StepCaRenew.Files;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>Replaces one file as a renewal does; the tests of Files see nothing else of it.</summary>
internal static class Replacing
{
    public static void Replace(string path, string content)
    {
        using var replacement = FileReplacement.Stage(path);
        replacement.Commit(Encoding.UTF8.GetBytes(content));
    }

    /// <summary>Makes the new file and throws it away, as when the CA refuses.</summary>
    public static void StageOnly(string path, Action? whileStaged = null)
    {
        using var replacement = FileReplacement.Stage(path);
        whileStaged?.Invoke();
    }
}
