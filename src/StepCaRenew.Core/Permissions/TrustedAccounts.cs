using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Permissions;

/// <summary>The accounts that may control a run: root, or the administrators and SYSTEM, and the account that it runs as.</summary>
internal sealed record TrustedAccounts
{
    private const uint Root = 0;

    private TrustedAccounts(IReadOnlySet<uint> users, IReadOnlySet<string> sids)
    {
        Users = users;
        Sids = sids;
    }

    /// <summary>The numbers of the users on Unix.</summary>
    public IReadOnlySet<uint> Users { get; }

    /// <summary>The SIDs on Windows.</summary>
    public IReadOnlySet<string> Sids { get; }

    /// <summary>The owner in a chown command for Unix: the first account after root, so that it can still write the file.</summary>
    public string UnixOwner { get; private init; } = "root";

    /// <summary>The trusted accounts of a run as this account.</summary>
    /// <exception cref="RenewalException">There is no such account (<see cref="ErrorId.AccountInvalid"/>).</exception>
    public static TrustedAccounts ForAccount(TaskAccount account) => account switch
    {
        TaskAccount.Machine => FromUsers(),
        TaskAccount.Self => ForThisProcess(),
        TaskAccount.User user => OperatingSystem.IsWindows()
            ? FromSids(user.Sid ?? WindowsAccounts.SidOf(user.Name))
            : FromUsers(UnixAccounts.UserNumber(user.Name) ?? throw AccountName.Unknown(user.Name, null)),
        TaskAccount.ManagedServiceAccount managed => OperatingSystem.IsWindows()
            ? FromSids(managed.Sid ?? WindowsAccounts.SidOf(managed.Name))
            : throw new RenewalException(ErrorId.AccountInvalid, $"'{managed.Name}' is a managed service account, which only Windows has.", "Name a user of this machine."),
        _ => throw new ArgumentOutOfRangeException(nameof(account)),
    };

    /// <summary>The trusted accounts of this process.</summary>
    public static TrustedAccounts ForThisProcess() =>
        OperatingSystem.IsWindows() ? FromSids(WindowsAccounts.Current()) : FromUsers(UnixAccounts.Current());

    /// <summary>These accounts and the owner of a key, who has the key anyway.</summary>
    /// <param name="keyPath">The key; a missing one adds no account.</param>
    /// <exception cref="RenewalException">It is a link that must not be followed (<see cref="ErrorId.LinkNotTrusted"/>): its owner would show that it exists.</exception>
    public TrustedAccounts WithOwnerOf(string keyPath)
    {
        if (OperatingSystem.IsWindows())
            return WindowsRights.OwnerOf(keyPath) is { } sid ? new TrustedAccounts(Users, new HashSet<string>(Sids) { sid }) : this;
        return UnixStat.TryRead(TargetPath.Follow(keyPath), followLinks: false).Stat is { } stat ? new TrustedAccounts(new HashSet<uint>(Users) { stat.User }, Sids) { UnixOwner = UnixOwner } : this;
    }

    internal static TrustedAccounts FromUsers(params uint[] users) => new(new HashSet<uint>(users) { Root }, WellKnownSids.Trusted)
    {
        UnixOwner = !OperatingSystem.IsWindows() && users is [not Root, ..] ? UnixAccounts.UserName(users[0]) : "root",
    };

    internal static TrustedAccounts FromSids(params string[] sids) => new(new HashSet<uint> { Root }, new HashSet<string>(WellKnownSids.Trusted.Concat(sids)));
}
