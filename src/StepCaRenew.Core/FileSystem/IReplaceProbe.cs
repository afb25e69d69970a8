namespace StepCaRenew.FileSystem;

/// <summary>Attempts that show why a file cannot be replaced.</summary>
internal interface IReplaceProbe
{
    /// <summary>Whether a file can be created in a folder.</summary>
    bool TakesFiles(string folder);

    /// <summary>Whether this account has the right to delete a file; true if there is no file.</summary>
    bool HasRightToReplace(string path);
}
