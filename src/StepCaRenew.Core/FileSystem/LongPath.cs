namespace StepCaRenew.FileSystem;

/// <summary>Paths for the calls of Windows that take more than 260 characters only after the prefix <c>\\?\</c>, as .NET adds it by itself.</summary>
internal static class LongPath
{
    // A folder's limit is 12 below that of a file; the prefix does no harm to a path that could do without.
    private const int LongestPlain = 247;

    /// <summary>The path as such a call takes it.</summary>
    /// <param name="path">A full path, with backslashes alone.</param>
    public static string WithPrefix(string path)
    {
        // Without the prefix Windows also cuts a blank or a dot off the end of a name.
        if (path.Length <= LongestPlain && path is not [.., ' ' or '.'])
            return path;
        if (path.StartsWith(@"\\?\", StringComparison.Ordinal) || path.StartsWith(@"\\.\", StringComparison.Ordinal))
            return path;
        return path.StartsWith(@"\\", StringComparison.Ordinal) ? @"\\?\UNC\" + path[2..] : @"\\?\" + path;
    }
}
