using StepCaRenew.Accounts;
using StepCaRenew.Registration.Accounts;

namespace StepCaRenew.Unit.Registration.Accounts;

/// <summary>The order and the environment that root gives to the process of another account.</summary>
public sealed class AccountOrderTests
{
    [Fact]
    public void Parse_RenderedOrder_IsTheSame()
    {
        var order = new AccountOrder
        {
            Names = ["db", "web"], Scope = RenewalScope.Machine, PwshPath = "/opt/p\u00e9/pwsh", ShowsDebug = true, IsBatch = true, ThrottleLimit = 3, IsForced = true, IsScheduled = true, IsWhatIf = true,
            LockTimeout = TimeSpan.FromSeconds(1.5), RetryTimeout = TimeSpan.Zero, ActionTimeout = TimeSpan.FromHours(2),
        };
        var line = order.Render();
        Assert.True(line.All(char.IsAscii));
        Assert.DoesNotContain('\n', line);
        Assert.Equivalent(order, AccountOrder.Parse(line), strict: true);
    }

    [Fact]
    public void Variables_OfARootWithMany_AreThoseOfTheAccountAlone()
    {
        var variables = OtherAccountRun.Variables(new LinuxUser("pgx", 101, 104, "/var/lib/pgx"), name => $"root's {name}");
        Assert.Equal(
            [
                "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME", "LOGNAME", "NO_COLOR", "PATH",
                "POWERSHELL_TELEMETRY_OPTOUT", "POWERSHELL_UPDATECHECK", "SHELL", "STEPCARENEW_HOME", "TERM", "TZ", "USER",
            ],
            variables.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("/var/lib/pgx", "pgx", "pgx"), (variables["HOME"], variables["USER"], variables["LOGNAME"]));
        Assert.DoesNotContain("root", variables["PATH"], StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_OfAnEmptyEnvironment_NameNoneOfRoots() =>
        Assert.DoesNotContain("TZ", OtherAccountRun.Variables(new LinuxUser("pgx", 101, 104, ""), _ => null).Keys);
}
