namespace StepCaRenew.Permissions;

/// <summary>Who may do what, as the file system of a platform says it.</summary>
internal interface IRights
{
    /// <summary>What lies at a path, links not followed.</summary>
    PathEntry GetEntry(string path);

    /// <summary>The rights that somebody untrusted has over one path alone; what can't be read is a finding, too.</summary>
    IEnumerable<SafetyFinding> Find(string path, PathRole role, TrustedAccounts trusted);
}
