namespace StepCaRenew.Actions;

/// <summary>What Windows makes of the name of a program. Pure, so that it is tested on every system.</summary>
internal static class WindowsPath
{
    /// <summary>Whether a path depends on the present folder of this process, or of a drive: <c>C:x.exe</c>, <c>\x.exe</c>, <c>.\x.exe</c>.</summary>
    /// <remarks>A name alone does not; it is looked for on PATH. The colon of a stream, as in <c>x.exe:y</c>, is refused with it.</remarks>
    public static bool DependsOnCurrentFolder(string path)
    {
        if (path.IndexOfAny(['\\', '/', ':']) < 0)
            return false;
        var isOnDrive = path.Length > 2 && char.IsAsciiLetter(path[0]) && path[1] == ':' && path[2] is '\\' or '/';
        var isOnShare = path.Length > 2 && path[0] is '\\' or '/' && path[1] is '\\' or '/';
        return isOnDrive ? path.IndexOf(':', 2) >= 0 : !isOnShare;
    }
}
