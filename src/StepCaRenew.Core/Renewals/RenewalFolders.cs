namespace StepCaRenew.Renewals;

/// <summary>Where registered renewals of one scope lie, and what runs of them leave.</summary>
/// <param name="Scope">For whom.</param>
/// <param name="Definitions">The folder of the definitions, one file each: <c>name.json</c>.</param>
/// <param name="State">The folder that holds one folder per renewal with its state.</param>
/// <param name="Logs">The folder that holds one folder per renewal with its log.</param>
public sealed record RenewalFolders(RenewalScope Scope, string Definitions, string State, string Logs)
{
    /// <summary>Whether both scopes share it (<see cref="HomeVariable"/>): then each definition says its own.</summary>
    public bool IsShared { get; private init; }

    /// <summary>The variable that puts all of it into one folder.</summary>
    public const string HomeVariable = "STEPCARENEW_HOME";

    /// <summary>The folders of a scope.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="environment">The environment variables.</param>
    /// <exception cref="RenewalException">STEPCARENEW_HOME is no full path.</exception>
    public static RenewalFolders ForScope(RenewalScope scope, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment(HomeVariable) is { Length: > 0 } home)
            return Path.IsPathFullyQualified(home)
                ? Below(scope, home) with { IsShared = true }
                : throw new RenewalException(ErrorId.PathNotFull, $"{HomeVariable} is '{home}', which is no full path.", $"Set {HomeVariable} to a full path, or remove it.");
        if (OperatingSystem.IsWindows())
            return Below(scope, Path.Combine(Folder(scope == RenewalScope.Machine ? Environment.SpecialFolder.CommonApplicationData : Environment.SpecialFolder.LocalApplicationData), "StepCaRenew"));
        return scope == RenewalScope.Machine
            ? new(scope, "/etc/stepcarenew/renewals", "/var/lib/stepcarenew", "/var/log/stepcarenew")
            : ForUser(Folder(Environment.SpecialFolder.UserProfile), environment);
    }

    /// <summary>The definition of a name.</summary>
    /// <param name="name">The name.</param>
    public string DefinitionFile(string name) => Path.Combine(Definitions, name + ".json");

    /// <summary>The folder of a renewal's state.</summary>
    /// <param name="name">The name.</param>
    public string StateFolder(string name) => Path.Combine(State, name);

    /// <summary>The folder of a renewal's log.</summary>
    /// <param name="name">The name.</param>
    public string LogFolder(string name) => Path.Combine(Logs, name);

    private static RenewalFolders Below(RenewalScope scope, string home) =>
        new(scope, Path.Combine(home, "renewals"), Path.Combine(home, "state"), Path.Combine(home, "logs"));

    /// <summary>The folders of a user of Unix, by the base directory specification of freedesktop.org; its variables count only as full paths.</summary>
    /// <param name="home">The user's home.</param>
    /// <param name="environment">The environment variables.</param>
    internal static RenewalFolders ForUser(string home, Func<string, string?> environment)
    {
        string Base(string variable, string usual) =>
            Path.Combine(environment(variable) is { } path && Path.IsPathFullyQualified(path) ? path : Path.Combine(home, usual), "stepcarenew");
        var state = Base("XDG_STATE_HOME", ".local/state");
        return new(RenewalScope.CurrentUser, Path.Combine(Base("XDG_CONFIG_HOME", ".config"), "renewals"), Path.Combine(state, "state"), Path.Combine(state, "logs"));
    }

    private static string Folder(Environment.SpecialFolder folder) => Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
}
