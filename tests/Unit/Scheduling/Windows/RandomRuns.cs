using System.Globalization;
using System.Security;
using System.Text;
using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Unit.Scheduling.Windows;

/// <summary>Runs and arguments as nobody should have them, by a seed.</summary>
internal sealed class RandomRuns(int seed)
{
    private const string Variable = "STEPCARENEW_FUZZ_SEED";

    private static readonly string[] Pieces =
    [
        "\"", "\"\"", "\\", "\\\\", "\\\"", " ", "  ", "\t", "'", "''", "&", "&amp;", "<", ">", "]]>", "<!--", "-->", "<?x?>", "^", "|", "$", "$x", "`", "{0}", "#",
        "\u00fc", "\u00df", "\u2019", "\u201c", "\u65e5\u672c", "\ud83d\udd11", "\u00a0", "\u3000", "\ufeff", "a\u0301", "\u200b", "\ufffd", "\u0085", "\u2028", "\n", "\r\n", "C:\\", "\\\\server\\share\\", "a", "Z", "9", "-", "/", ";", ",", "=", "(", ")",
    ];

    private readonly Random random = new(seed);

    public static int Seed => int.Parse(Environment.GetEnvironmentVariable(Variable) ?? "20261125", CultureInfo.InvariantCulture);

    public static string Replay(int number) => $"{Variable}={Seed}, number {number}";

    public string[] Arguments() => [.. Enumerable.Range(0, random.Next(8)).Select(_ => Text(random.Next(12)))];

    public ScheduledRun Run()
    {
        var scope = random.Next(4) == 0 ? RenewalScope.CurrentUser : RenewalScope.Machine;
        var interval = ScheduleInterval.All[random.Next(ScheduleInterval.All.Count)];
        return new ScheduledRun
        {
            Name = Name(),
            Scope = scope,
            Account = Account(scope),
            Interval = interval,
            Phase = TimeSpan.FromSeconds(random.Next((int)interval.TotalSeconds)),
            Command = new RunCommand(Program(), [.. Arguments(), Text(random.Next(1, 60))]),
            Home = random.Next(3) == 0 ? Text(random.Next(1, 20)) : null,
            TimeLimit = TimeSpan.FromSeconds(random.Next(1, 100_000)),
        };
    }

    private TaskAccount Account(RenewalScope scope) => (scope, random.Next(5)) switch
    {
        (RenewalScope.CurrentUser, _) => new TaskAccount.Self($@"CORP\{User()}"),
        (_, 0) => new TaskAccount.ManagedServiceAccount($@"CORP\{User()}$"),
        (_, 1) => new TaskAccount.User($@"CORP\{User()}"),
        (_, 2) => new TaskAccount.User($"{User()}@corp.example", new SecureString()),
        (_, 3) => new TaskAccount.User("S-1-5-21-397955417-626881126-188441444-512"),
        _ => TaskAccount.OfMachine,
    };

    private string User() => $"{"oa\u00fc\u65e5&'"[random.Next(6)]}.{random.Next(1000)} x";

    private string Name() => string.Concat("aZ0".Substring(random.Next(3), 1), string.Concat(Enumerable.Range(0, random.Next(64)).Select(_ => "aZ0._-"[random.Next(6)])));

    private string Program()
    {
        var folder = Text(random.Next(20));
        return $@"C:\{(folder.Length > 200 ? folder[..150] : folder).TrimEnd('\ud83d')}\pwsh.exe";
    }

    private string Text(int pieces)
    {
        var text = new StringBuilder();
        for (var piece = 0; piece < pieces; piece++)
            text.Append(Pieces[random.Next(Pieces.Length)]);
        // What Task Scheduler expands is refused, and tested elsewhere.
        return text.Replace("$(", "$ (").ToString();
    }
}
