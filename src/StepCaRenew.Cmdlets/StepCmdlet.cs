using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Security;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Cmdlets;

/// <summary>The base of all cmdlets: runs work that can be stopped, reports errors, reads paths and passwords.</summary>
public abstract class StepCmdlet : PSCmdlet, IDisposable
{
    /// <summary>Runs the work of the cmdlet until it ends or the pipeline stops.</summary>
    private protected PipelinePump Pump { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the cmdlet holds.</summary>
    /// <param name="disposing">False only for a finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Pump.Dispose();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => Pump.Stop();

    /// <summary>Runs an action whose failure ends the call.</summary>
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

    /// <summary>Called before an error ends the call.</summary>
    protected virtual void OnTerminating(ErrorRecord problem)
    {
    }

    /// <summary>Runs an action whose failure is reported without ending the call.</summary>
    /// <param name="target">The target object of the error.</param>
    /// <param name="action">The action.</param>
    /// <returns>False if it failed.</returns>
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

    /// <summary>Reports an error that does not end the call.</summary>
    protected internal virtual void Report(ErrorRecord problem) => WriteError(problem);

    /// <summary>Reports an input that is refused; the other inputs are still processed.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="problem">The error.</param>
    protected internal virtual void Refuse(string path, RenewalException problem) => Report(ErrorRecords.From(problem, path));

    /// <summary>Whether a parameter was given on the command line, not by the pipeline; only in BeginProcessing.</summary>
    protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>Requires that paths on the command line are not empty; only in BeginProcessing.</summary>
    /// <exception cref="RenewalException">One is empty, or there is none.</exception>
    protected void RequireGiven(string parameter, params string?[]? values)
    {
        if (IsGiven(parameter) && (values is null or [] || values.Any(string.IsNullOrEmpty)))
            throw CertificatePathResolver.Empty($"-{parameter} is empty, or holds an empty path.");
    }

    /// <summary>The full path of a file, relative to the current location of PowerShell.</summary>
    /// <exception cref="RenewalException">It is not in the file system.</exception>
    protected string FullPath(string path) => new CertificatePathResolver(this, new FolderOptions(Recurse: false, FollowLinks: false)).ResolveLiteral(path);

    /// <summary>The full path of -KeyPath, null if the key is next to its certificate: in a list, an empty path means that.</summary>
    /// <param name="given">The path as it was given.</param>
    /// <param name="isNamedByHand">Whether it was given on the command line, where an error ends the call.</param>
    /// <param name="refused">The inputs that an error is reported for.</param>
    /// <param name="keyPath">The full path.</param>
    /// <returns>False if the error was reported.</returns>
    /// <exception cref="RenewalException">It is not in the file system, and was given on the command line.</exception>
    protected bool TryReadKeyPath(string? given, bool isNamedByHand, IEnumerable<string?>? refused, out string? keyPath)
    {
        keyPath = null;
        // A certificate in a store knows its key; results name it by the same path.
        if (string.IsNullOrEmpty(given) || StoreCertificatePath.IsInStore(given))
            return true;
        try
        {
            keyPath = FullPath(given);
            return true;
        }
        catch (RenewalException e) when (!isNamedByHand)
        {
            foreach (var input in refused ?? [])
                Refuse(input ?? string.Empty, e);
            return false;
        }
    }

    /// <summary>Whether nothing is to be changed: -WhatIf, or its preference.</summary>
    protected bool IsWhatIf() => LanguagePrimitives.IsTrue(
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out var named) ? named : GetVariableValue("WhatIfPreference"));

    /// <summary>The CA that parameters name.</summary>
    /// <exception cref="RenewalException">A path is not in the file system.</exception>
    private protected CaOptions ReadCa(string? caUrl, string? root, string? context, string? stepPath) => new()
    {
        CaUrl = caUrl,
        Context = context,
        RootPath = root is null ? null : RootPaths(root),
        StepPath = stepPath is null ? null : FullPath(stepPath),
        WorkingFolder = SessionState.Path.CurrentFileSystemLocation.ProviderPath,
    };

    // One path, or a list. On Windows, PowerShell takes the text before the colon of "a.crt,C:\b.crt" for the name of a drive.
    private string RootPaths(string root)
    {
        try
        {
            return FullPath(root);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.NotAFileSystemPath && root.Contains(',', StringComparison.Ordinal))
        {
            return string.Join(',', root.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(FullPath));
        }
    }

    /// <summary>The password of a key, from whichever parameter.</summary>
    /// <param name="password">The password itself, if it was given.</param>
    /// <param name="file">The file that holds it, if that was given.</param>
    /// <param name="parameter">The parameter of the password; that of the file has "File" at its end.</param>
    /// <returns>Null if neither was given.</returns>
    /// <exception cref="RenewalException">Both were given, or the file cannot be read.</exception>
    private protected KeyPassword? ReadPassword(SecureString? password, string? file, string parameter = "KeyPassword")
    {
        if (password is not null && file is not null)
            throw new RenewalException(ErrorId.ConflictingParameters, $"-{parameter} and -{parameter}File were both given.", "Give one of them.");
        return password is not null ? Copy(password)
            : file is not null ? KeyPassword.FromFile(FullPath(file))
            : null;
    }

    /// <summary>A copy of a secure string that is erased when it is disposed.</summary>
    private protected static KeyPassword Copy(SecureString password)
    {
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(password);
        try
        {
            var characters = new char[password.Length];
            Marshal.Copy(pointer, characters, 0, characters.Length);
            var copy = new KeyPassword(characters);
            Array.Clear(characters);
            return copy;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }
}
