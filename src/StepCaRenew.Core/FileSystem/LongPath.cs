namespace StepCaRenew.FileSystem;

/// <summary>Paths for calls of Windows that take more than 260 characters only with the prefix <c>\\?\</c>; .NET adds it by itself.</summary>
internal static class LongPath
{
    // The limit for a folder, 12 below that of a file. A shorter path works with the prefix as well.
    private const int LongestPlain = 247;

    /// <summary>The path, with the prefix if it needs one.</summary>
    /// <param name="path">A full path without slashes.</param>
    public static string WithPrefix(string path)
    {
        // Without the prefix Windows removes a blank or a dot from the end of a name.
        if (path.Length <= LongestPlain && path is not [.., ' ' or '.'])
            return path;
        if (path.StartsWith(@"\\?\", StringComparison.Ordinal) || path.StartsWith(@"\\.\", StringComparison.Ordinal))
            return path;
        return path.StartsWith(@"\\", StringComparison.Ordinal) ? @"\\?\UNC\" + path[2..] : @"\\?\" + path;
    }
}
