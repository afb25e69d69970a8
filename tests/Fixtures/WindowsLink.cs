namespace StepCaRenew.Fixtures;

/// <summary>Links on Windows, which takes an administrator or the developer mode. Wine 8 has none.</summary>
internal static class WindowsLink
{
    public static void MakeOrSkip(string link, string target, bool isFolder = false)
    {
        try
        {
            if (isFolder)
                Directory.CreateSymbolicLink(link, target);
            else
                File.CreateSymbolicLink(link, target);
        }
        catch (Exception e) when (OperatingSystem.IsWindows() && e is IOException or UnauthorizedAccessException or EntryPointNotFoundException)
        {
            Assert.Skip($"No link can be made here: {e.Message}");
        }

        var attributes = new FileInfo(link).Attributes;
        Assert.SkipUnless((int)attributes != -1 && (attributes & FileAttributes.ReparsePoint) != 0, "The file that was created is not a link.");
    }
}
