using System.Text;
using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.Permissions;

/// <summary>Damaged descriptors are a finding or a descriptor, never a crash; and what a stranger gets is never overlooked.</summary>
public sealed class DescriptorFuzzTests(ITestOutputHelper output)
{
    private const int Rounds = 20_000;
    private const string Good = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICIIO;0x1200a9;;;BU)(XA;;FX;;;WD;(@User.a==\"b\"))(D;;GW;;;AU)S:(ML;;NW;;;LW)";
    private static readonly string[] Harmful = ["DC", "LC", "SD", "WD", "WO", "GW", "GA", "FA", "FW", "0x2", "0x10000", "65536"];
    private static readonly string[] Harmless = ["FR", "FX", "RC", "GR", "GX", "CC", "0x1200a9", ""];
    private static readonly string[] Strangers = ["WD", "AU", "BU", "S-1-5-21-1-2-3-4", "DU", "IU"];

    [Fact]
    public void Damaged_DoesNotCrash()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var sddl = Encoding.Latin1.GetString(new RandomDamage(seed).Apply(Encoding.Latin1.GetBytes(Good)));
            foreach (var role in Enum.GetValues<PathRole>())
                Assert.Null(Record.Exception(() => Check(sddl, role)) is { } e ? $"Seed {seed}, '{sddl}': {e}" : null);
        }
    }

    [Fact]
    public void Stranger_IsFoundAmongAnyRules()
    {
        var seed = Environment.ProcessId;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < Rounds / 10; round++)
        {
            var rules = Enumerable.Range(0, random.Next(6)).Select(_ => Rule(Pick(Harmless), Pick(Strangers)))
                .Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Rule(Pick(Harmful), "BA"))).ToList();
            Assert.True(Check(Sddl(rules), PathRole.End).Count == 0, $"Seed {seed}: {Sddl(rules)}");
            rules.Insert(random.Next(rules.Count + 1), Rule(Pick(Harmful), Pick(Strangers)));
            Assert.True(Check(Sddl(rules), PathRole.End).Count == 1, $"Seed {seed}: {Sddl(rules)}");
        }

        string Pick(string[] of) => of[random.Next(of.Length)];
    }

    private static string Rule(string rights, string trustee) => $"(A;OICI;{rights};;;{trustee})";

    private static string Sddl(IEnumerable<string> rules) => $"O:BAG:SYD:PAI{string.Concat(rules)}";

    private static IReadOnlyList<SafetyFinding> Check(string sddl, PathRole role) =>
        new DescriptorCheck(TrustedAccounts.FromUsers().Sids).Find("x", sddl, role, isFolder: true);
}
