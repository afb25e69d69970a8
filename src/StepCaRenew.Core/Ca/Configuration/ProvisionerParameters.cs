namespace StepCaRenew.Ca.Configuration;

/// <summary>
/// The provisioner in <c>step</c>'s environment and configuration: <c>STEP_PROVISIONER</c> and
/// <c>STEP_PROVISIONER_PASSWORD_FILE</c>, else <c>provisioner</c> and <c>provisioner-password-file</c> in defaults.json.
/// </summary>
/// <param name="Name">The provisioner's name; null if not configured.</param>
/// <param name="PasswordFile">The full path of the file with its password; null if not configured.</param>
internal sealed record ProvisionerParameters(string? Name, string? PasswordFile)
{
    /// <summary>Reads the provisioner.</summary>
    /// <exception cref="RenewalException">The context does not exist, or a file cannot be read.</exception>
    public static ProvisionerParameters Read(CaOptions options, Func<string, string?> environment)
    {
        var defaults = StepDefaults.Load(StepFolder.Find(options, environment).DefaultsFiles);
        var file = environment("STEP_PROVISIONER_PASSWORD_FILE") ?? defaults["provisioner-password-file"];
        return new ProvisionerParameters(
            environment("STEP_PROVISIONER") ?? defaults["provisioner"],
            file is null ? null : Path.GetFullPath(file, options.WorkingFolder ?? Environment.CurrentDirectory));
    }
}
