namespace StepCaRenew.Processes;

/// <summary>How Windows resolves the path of a program. Pure, so that it is tested on every system.</summary>
internal static class WindowsPath
{
    /// <summary>Whether a path depends on the current folder or drive: <c>C:x.exe</c>, <c>\x.exe</c>, <c>.\x.exe</c>.</summary>
    /// <remarks>A name without a folder does not: it is searched on PATH. A stream, as in <c>x.exe:y</c>, counts as dependent.</remarks>
    public static bool DependsOnCurrentFolder(string path)
    {
        if (path.IndexOfAny(['\\', '/', ':']) < 0)
            return false;
        var isOnDrive = path.Length > 2 && char.IsAsciiLetter(path[0]) && path[1] == ':' && path[2] is '\\' or '/';
        var isOnShare = path.Length > 2 && path[0] is '\\' or '/' && path[1] is '\\' or '/';
        return isOnDrive ? path.IndexOf(':', 2) >= 0 : !isOnShare;
    }
}
