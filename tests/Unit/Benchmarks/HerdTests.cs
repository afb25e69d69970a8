using StepCaRenew.Benchmarks.Herd;
using StepCaRenew.Benchmarks.Herd.Clients;
using StepCaRenew.Benchmarks.Herd.Figures;
using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Unit.Benchmarks;

/// <summary>The simulated herd as a whole, with fewer hosts than the benchmark has.</summary>
public sealed class HerdTests
{
    private const int Hosts = 20_000;

    private static readonly Fleet Fleet = new(Hosts, Seed: 1);
    private static readonly Lazy<HerdResults> Results = new(() => HerdResults.Run(new HerdOptions(Hosts, Repeats: 1, Seed: 1)));

    public static TheoryData<string> Ids => [.. ClientKind.All.Select(kind => kind.Id)];

    // 72 hours are 4.5 times two thirds of a lifetime; a tenth of a lifetime earlier, almost five.
    [Theory]
    [MemberData(nameof(Ids))]
    public void Run_ThreeLifetimes_EveryHostRenewsFourOrFiveTimes(string id)
    {
        var (kind, tally) = Undisturbed(id);
        Assert.Equal(4, tally.FewestOfAHost);
        Assert.Equal(kind == ClientKind.StepCaRenew ? 5 : 4, tally.MostOfAHost);
        Assert.InRange(tally.RenewalsPerMinute.Sum(), 4 * Hosts, 5 * Hosts);
        Assert.Equal(tally.RenewalsPerMinute.Sum(), tally.RenewalsPerSecond.Sum());
        Assert.Equal(tally.RenewalsPerMinute, tally.RequestsPerMinute);
        Assert.Equal(0, tally.Expired);
        Assert.Equal(0, tally.Blocked);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Run_Outage_NoneSucceedsWithin_AllThatWereBlockedSucceedAfterwards(string id)
    {
        var (kind, tally) = (Undisturbed(id).Kind, Results.Value.Disturbed[Undisturbed(id).Kind]);
        var figures = Results.Value.Repeats[0].Disturbed[kind].Outage!;
        var start = (int)(Results.Value.Repeats[0].Outage.Start - Fleet.Start).TotalMinutes;
        Assert.All(tally.RenewalsPerMinute.Skip(start).Take(120), count => Assert.Equal(0, count));
        Assert.Equal(0, tally.Expired);
        Assert.Equal(0, figures.NeverRenewed);
        Assert.InRange(tally.Blocked, Hosts / 4, Hosts);
        Assert.Equal(tally.Blocked, tally.RenewedAfterReturn.Sum());
        Assert.Equal(figures.FailedRequests, tally.RequestsPerMinute.Skip(start).Take(120).Sum());
        Assert.InRange(figures.MinutesToAll, figures.MinutesTo999PerMille, 20);
    }

    [Fact]
    public void Run_SameSeed_IsTheSame_WhateverTheThreads()
    {
        var again = new Simulation(Fleet, ClientKind.Daemon, null).Run();
        Assert.Equal(Results.Value.Undisturbed[ClientKind.Daemon].RenewalsPerSecond, again.RenewalsPerSecond);
        Assert.NotEqual(again.RenewalsPerSecond, new Simulation(new Fleet(Hosts, Seed: 2), ClientKind.Daemon, null).Run().RenewalsPerSecond);
    }

    // Fewer hosts make an uneven minute more likely, which is worse for this module than for the daemon.
    [Fact]
    public void Bars_AreHeld() => Assert.All(Bar.All, bar => Assert.True(bar.IsHeld(Results.Value), bar.Describe(Results.Value)));

    [Fact]
    public void Quartiles_AreBetweenTheValues()
    {
        Assert.Equal(new Quartiles(2.5, 4, 5.5), Quartiles.FromValues([7, 1, 6, 2, 5, 3, 4]));
        Assert.Equal(new Quartiles(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity), Quartiles.FromValues([double.PositiveInfinity]));
    }

    private static (ClientKind Kind, Tally Tally) Undisturbed(string id)
    {
        var kind = ClientKind.All.Single(one => one.Id == id);
        return (kind, Results.Value.Undisturbed[kind]);
    }
}
