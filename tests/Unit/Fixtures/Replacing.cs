using System.Text;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>Replaces one file as a renewal does; the tests of Files see nothing else of it.</summary>
internal static class Replacing
{
    public static void Replace(string path, string content)
    {
        using var replacement = Stage(path);
        // Without a shared file there is nothing to wait for, so the task has ended already.
        Assert.True(replacement.CommitAsync(new PairVersion(Encoding.UTF8.GetBytes(content)), new PairVersion(File.ReadAllBytes(path))).GetAwaiter().GetResult());
        replacement.DropOld();
    }

    /// <summary>Makes the new file and throws it away, as when the CA refuses.</summary>
    public static void StageOnly(string path, Action? whileStaged = null)
    {
        using var replacement = Stage(path);
        whileStaged?.Invoke();
    }

    private static PairReplacement Stage(string path)
    {
        var target = TargetPath.Follow(path);
        return PairReplacement.Stage(new Volume(new OpenFolders()), new PairPaths(target, target), withKey: false, new SharingRetry(TimeProvider.System), null);
    }
}
