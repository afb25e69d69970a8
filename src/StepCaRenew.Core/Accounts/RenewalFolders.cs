namespace StepCaRenew.Accounts;

/// <summary>The folders of the registered renewals of one scope, and of their states and logs.</summary>
/// <param name="Scope">The scope.</param>
/// <param name="Definitions">The folder of the definitions, one file each: <c>name.json</c>.</param>
/// <param name="State">The folder that holds one folder per renewal with its state.</param>
/// <param name="Logs">The folder that holds one folder per renewal with its log.</param>
internal sealed record RenewalFolders(RenewalScope Scope, string Definitions, string State, string Logs)
{
    /// <summary>Whether both scopes share the folders (<see cref="HomeVariable"/>); then each definition names its scope.</summary>
    public bool IsShared { get; private init; }

    /// <summary>The environment variable that puts all folders below one.</summary>
    public const string HomeVariable = "STEPCARENEW_HOME";

    /// <summary>The folders of a scope.</summary>
    /// <exception cref="RenewalException">STEPCARENEW_HOME is not a full path.</exception>
    public static RenewalFolders ForScope(RenewalScope scope, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment(HomeVariable) is { Length: > 0 } home)
            return Path.IsPathFullyQualified(home)
                ? Below(scope, home) with { IsShared = true }
                : throw new RenewalException(ErrorId.PathNotFull, $"{HomeVariable} is '{home}', which is not a full path.", $"Set {HomeVariable} to a full path, or remove it.");
        if (OperatingSystem.IsWindows())
            return Below(scope, Path.Combine(Folder(scope == RenewalScope.Machine ? Environment.SpecialFolder.CommonApplicationData : Environment.SpecialFolder.LocalApplicationData), "StepCaRenew"));
        return scope == RenewalScope.Machine
            ? new(scope, "/etc/stepcarenew/renewals", "/var/lib/stepcarenew", "/var/log/stepcarenew")
            : ForUser(Folder(Environment.SpecialFolder.UserProfile), environment);
    }

    /// <summary>The definition file of a renewal.</summary>
    public string DefinitionFile(string name) => Path.Combine(Definitions, name + ".json");

    /// <summary>The folder of the records about certificate stores, which all renewals of the scope share.</summary>
    public string Stores => Path.Combine(Path.GetDirectoryName(State)!, "stores");

    /// <summary>The folder of a renewal's state.</summary>
    public string StateFolder(string name) => Path.Combine(State, name);

    /// <summary>The folder of a renewal's log.</summary>
    public string LogFolder(string name) => Path.Combine(Logs, name);

    private static RenewalFolders Below(RenewalScope scope, string home) =>
        new(scope, Path.Combine(home, "renewals"), Path.Combine(home, "state"), Path.Combine(home, "logs"));

    /// <summary>The folders of a Unix user, by the base directory specification of freedesktop.org, which ignores relative paths.</summary>
    internal static RenewalFolders ForUser(string home, Func<string, string?> environment)
    {
        string Base(string variable, string standard) =>
            Path.Combine(environment(variable) is { } path && Path.IsPathFullyQualified(path) ? path : Path.Combine(home, standard), "stepcarenew");
        var state = Base("XDG_STATE_HOME", ".local/state");
        return new(RenewalScope.CurrentUser, Path.Combine(Base("XDG_CONFIG_HOME", ".config"), "renewals"), Path.Combine(state, "state"), Path.Combine(state, "logs"));
    }

    private static string Folder(Environment.SpecialFolder folder) => Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
}
