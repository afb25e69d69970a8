using System.Management.Automation;
using System.Security;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Cmdlets.Support;

namespace StepCaRenew.Cmdlets;

/// <summary>What all cmdlets have in common: how errors are told, and how paths and passwords are read.</summary>
public abstract class StepCmdlet : PSCmdlet
{
    /// <summary>Runs what ends the whole call if it fails.</summary>
    /// <param name="action">What to do.</param>
    protected void Terminating(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action();
        }
        catch (RenewalException e)
        {
            var problem = ErrorRecords.From(e, null);
            OnTerminating(problem);
            ThrowTerminatingError(problem);
        }
    }

    /// <summary>Told of an error before it ends the call.</summary>
    /// <param name="problem">The error.</param>
    protected virtual void OnTerminating(ErrorRecord problem)
    {
    }

    /// <summary>Runs what fails for itself alone.</summary>
    /// <param name="target">What it is about.</param>
    /// <param name="action">What to do.</param>
    /// <returns>False where it failed.</returns>
    protected internal bool NonTerminating(string target, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action();
            return true;
        }
        catch (RenewalException e)
        {
            Report(ErrorRecords.From(e, target));
            return false;
        }
    }

    /// <summary>Tells of an error that does not end the call.</summary>
    /// <param name="problem">The error.</param>
    protected internal virtual void Report(ErrorRecord problem) => WriteError(problem);

    /// <summary>Reports an input that cannot be worked on; the other inputs go on.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="problem">The error.</param>
    protected internal virtual void Refuse(string path, RenewalException problem) => Report(ErrorRecords.From(problem, path));

    /// <summary>Whether a parameter was written on the command line, and did not come through the pipeline; in BeginProcessing.</summary>
    /// <param name="parameter">The parameter.</param>
    protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>Demands that paths which were written on the command line are not empty; in BeginProcessing.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="values">Its values.</param>
    /// <exception cref="RenewalException">One is empty, or there is none.</exception>
    protected void RequireGiven(string parameter, params string?[]? values)
    {
        if (IsGiven(parameter) && (values is null or [] || values.Any(string.IsNullOrEmpty)))
            throw CertificatePathResolver.Empty($"-{parameter} is empty, or holds an empty path.");
    }

    /// <summary>The full path of a file that a parameter names, by PowerShell's present folder.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="RenewalException">It is not in the file system.</exception>
    protected string FullPath(string path) => new CertificatePathResolver(this, new FolderOptions(Recurse: false, FollowLinks: false)).ResolveLiteral(path);

    /// <summary>The password of a key, from whichever parameter.</summary>
    /// <param name="password">The password itself, if it was given.</param>
    /// <param name="file">The file that holds it, if that was given.</param>
    /// <returns>Null where neither was given.</returns>
    /// <exception cref="RenewalException">Both were given, or the file can't be read.</exception>
    private protected KeyPassword? ReadPassword(SecureString? password, string? file)
    {
        if (password is not null && file is not null)
            throw new RenewalException(ErrorId.ConflictingParameters, "-KeyPassword and -KeyPasswordFile were both given.", "Give one of them.");
        return password is not null ? KeyPasswords.From(password)
            : file is not null ? KeyPassword.FromFile(FullPath(file))
            : null;
    }

    /// <summary>The password that step's environment or configuration names a file for, read if a key needs it; null if none is named.</summary>
    /// <param name="ca">Where step's configuration is.</param>
    private protected static KeyPassword? ReadConfiguredPassword(CaOptions ca) =>
        StepParameters.Read(ca, CaSettingsResolver.FromProcess).PasswordFile is { } file ? KeyPassword.FromFileIfNeeded(file) : null;
}
