namespace StepCaRenew.Permissions;

/// <summary>Reads the permissions of the file system.</summary>
internal interface IRights
{
    /// <summary>The kind of a path; links are not followed.</summary>
    PathEntry GetEntry(string path);

    /// <summary>The rights of untrusted accounts to one path. Rights that cannot be read are a finding, too.</summary>
    IEnumerable<SafetyFinding> Find(string path, PathRole role, TrustedAccounts trusted);
}
