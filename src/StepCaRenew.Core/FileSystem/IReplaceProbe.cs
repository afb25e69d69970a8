namespace StepCaRenew.FileSystem;

/// <summary>Attempts that show why a file can't be replaced.</summary>
internal interface IReplaceProbe
{
    /// <summary>Whether a file can be made in a folder.</summary>
    bool TakesFiles(string folder);

    /// <summary>Whether this account has the right to delete a file, if it is there at all.</summary>
    bool HasRightToReplace(string path);
}
