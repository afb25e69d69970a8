using System.Management.Automation;
using System.Security;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Cmdlets;

/// <summary>The base of the cmdlets that connect to a CA: which CA, which root, and the credential of a request.</summary>
public abstract class CaCmdlet : StepCmdlet
{
    /// <summary>The URL of the CA; by default that of step's configuration.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public virtual string? CaUrl { get; set; }

    /// <summary>The root certificate file of the CA; by default that of step's configuration.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>The name of a step context.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>The folder of step's configuration, instead of $STEPPATH or ~/.step.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StepPath { get; set; }

    /// <summary>The CA that the parameters name.</summary>
    /// <exception cref="RenewalException">A path is not in the file system.</exception>
    private protected virtual CaOptions ReadCa() => ReadCa(CaUrl, Root, Context, StepPath);

    /// <summary>The authorization of a request: a token, or the password of a provisioner.</summary>
    /// <exception cref="RenewalException">None was given and none is configured, or two passwords were given, or a file cannot be read.</exception>
    private protected Credential ReadCredential(SecureString? token, string? tokenFile, string? provisioner, SecureString? password, string? passwordFile, CaOptions ca)
    {
        if (tokenFile is not null)
            return new Credential.Token(OneTimeToken.Parse(TextFile.Decode(InputFile.Read(FullPath(tokenFile), "token file").Bytes)));
        if (token is not null)
        {
            using var text = Copy(token);
            return new Credential.Token(OneTimeToken.Parse(text.Characters.ToString()));
        }

        var configured = ProvisionerParameters.Read(ca, CaSettingsResolver.FromProcess);
        var secret = ReadPassword(password, passwordFile, "ProvisionerPassword") ?? (configured.PasswordFile is { } file ? KeyPassword.FromFile(file) : null);
        return new Credential.Provisioner(provisioner ?? configured.Name, secret ?? throw new RenewalException(
            ErrorId.ProvisionerPasswordRequired, "No token and no password of a provisioner was given.",
            "Give -TokenFile, or -ProvisionerPasswordFile, or name that file in step's configuration (provisioner-password-file)."));
    }

    /// <summary>The password that step's environment or configuration names a file for, read if a key needs it; null if none is named.</summary>
    /// <param name="ca">Where step's configuration is.</param>
    private protected static KeyPassword? ReadConfiguredPassword(CaOptions ca) =>
        StepParameters.Read(ca, CaSettingsResolver.FromProcess).PasswordFile is { } file ? KeyPassword.FromFileIfNeeded(file) : null;
}
