using System.Management.Automation;
using System.Security;
using System.Text;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Cmdlets;

/// <summary>New-StepToken: makes one-time tokens, with which other hosts get their first certificates.</summary>
[Cmdlet(VerbsCommon.New, "StepToken", SupportsShouldProcess = true, HelpUri = HelpPages.Folder + "New-StepToken.md")]
[OutputType(typeof(SecureString))]
public sealed class NewStepTokenCommand : CaCmdlet
{
    private readonly HashSet<string> written = [];

    private TimeSpan lifetime = ProvisionerTokens.DefaultLifetime;
    private ProvisionerTokens? tokens;
    private bool isSanGiven;

    /// <summary>The common name of the certificate.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Subject { get; set; } = string.Empty;

    /// <summary>The alternative names of the certificate; by default the subject.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [AllowEmptyCollection]
    public string[] San { get; set; } = [];

    /// <summary>The name of the provisioner; by default the only JWK provisioner of the CA.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Provisioner { get; set; }

    /// <summary>A file with the password of the provisioner.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ProvisionerPasswordFile { get; set; }

    /// <summary>The password of the provisioner.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? ProvisionerPassword { get; set; }

    /// <summary>How long the token is valid, such as 15m.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ValidFor { get; set; }

    /// <summary>A file for the token that only this account can read; without it, the token goes to the pipeline.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            tokens?.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Terminating(() =>
    {
        isSanGiven = IsGiven(nameof(San));
        if (ValidFor is not null)
            lifetime = ProvisionerTokens.ParseLifetime(ValidFor);
    });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        SigningRequest? request = null;
        string? path = null;
        if (!NonTerminating(Subject, () => (request, path) = (ReadNames(), ReadOutFile())))
            return;
        if (path is not null && !ShouldProcess(path, $"Write a token for a certificate of '{request!.Subject}'"))
            return;
        Terminating(() => tokens ??= Open());
        NonTerminating(Subject, () => Deliver(tokens!.ForCertificate(request!.Subject!, request.Names!.Texts, TimeProvider.System.GetUtcNow(), lifetime), path));
    }

    private SigningRequest ReadNames() => SigningRequest.Create(Subject, isSanGiven ? San : SplitColumn(San), null, null, null, TimeProvider.System).WithOwnNames();

    // A column of a CSV file is one text; an empty one means the subject.
    private static string[] SplitColumn(string[] names) =>
        names is [var column] ? column.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : names;

    private string? ReadOutFile()
    {
        if (OutFile is null)
            return null;
        var path = FullPath(OutFile);
        // Before the CA is asked, and before there is a token that cannot be written.
        if (Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder))
            throw new RenewalException(ErrorId.FileNotFound, $"There is no folder '{folder}'; no token was made for '{Subject}'.", "Create the folder, or check the path.");
        if (Directory.Exists(path))
            throw new RenewalException(ErrorId.PathIsFolder, $"'{path}' is a folder; no token was made for '{Subject}'.", "Name a file in it.");
        return written.Add(path) ? path : throw new RenewalException(
            ErrorId.ConflictingParameters, $"'{path}' is the file of the token for another subject; no token was made for '{Subject}'.",
            "Give each subject a file of its own: pipe objects with the properties Subject and OutFile.");
    }

    private ProvisionerTokens Open()
    {
        var ca = ReadCa();
        var configured = ProvisionerParameters.Read(ca, CaSettingsResolver.FromProcess);
        using var password = ReadPassword(ProvisionerPassword, ProvisionerPasswordFile, nameof(ProvisionerPassword))
            ?? (configured.PasswordFile is { } file ? KeyPassword.FromFile(file) : null)
            ?? throw new RenewalException(
                ErrorId.ProvisionerPasswordRequired, "No password was given for the key of the provisioner.",
                "Give -ProvisionerPasswordFile or -ProvisionerPassword, or name the file in step's configuration (provisioner-password-file).");
        return Pump.Run(stopping => ProvisionerTokens.OpenAsync(ca, Provisioner ?? configured.Name, password, TimeProvider.System, CaSettingsResolver.FromProcess, stopping));
    }

    private void Deliver(string token, string? path)
    {
        if (path is not null)
        {
            AtomicFile.Write(path, Encoding.ASCII.GetBytes(token), isPrivate: true);
        }
        else
        {
            var secure = new SecureString();
            foreach (var character in token)
                secure.AppendChar(character);
            secure.MakeReadOnly();
            WriteObject(secure);
        }

        WriteVerbose($"A token of the provisioner '{tokens!.Provisioner}' of {tokens.Address} for '{Subject}', valid for {Policy.Duration.Format(lifetime)}.");
    }
}
