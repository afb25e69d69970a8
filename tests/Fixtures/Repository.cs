namespace StepCaRenew.Fixtures;

/// <summary>The folder of the repository; a test that needs it is skipped outside of it.</summary>
internal static class Repository
{
    public static string Require()
    {
        var root = Above(AppContext.BaseDirectory) ?? Above(Environment.CurrentDirectory);
        Assert.SkipWhen(root is null, "The tests run outside the repository.");
        return root!;
    }

    private static string? Above(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StepCaRenew.slnx")))
                return folder.FullName;
        }

        return null;
    }
}
