using FsCheck;
using FsCheck.Fluent;
using StepCaRenew.Policy;

namespace StepCaRenew.Unit.Policy;

/// <summary>Generators and the runner of property tests. A failure prints its seed: put it into WithReplay to see it again.</summary>
internal static class Properties
{
    private static readonly DateTime Epoch = new(1950, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Certificates of whole seconds, as X.509 has them: 1 second to 30 years, from 1950 to 2049.</summary>
    public static Arbitrary<CertificateValidity> Validities => Arb.From(
        from start in Gen.Choose(0, int.MaxValue)
        from lifetime in Gen.OneOf(Gen.Choose(1, 100), Gen.Choose(1, 86_400), Gen.Choose(1, 30 * 366 * 86_400))
        from spread in Gen.Choose(0, int.MaxValue - 1)
        let notBefore = new DateTimeOffset(Epoch.AddSeconds(start))
        select new CertificateValidity(notBefore, notBefore.AddSeconds(lifetime), spread / (double)int.MaxValue));

    /// <summary>A share of something, from well before its beginning to well after its end.</summary>
    public static Arbitrary<double> Shares => Arb.From(from thousandths in Gen.Choose(-500, 1500) select thousandths / 1000.0);

    public static void Hold<T>(Arbitrary<T> values, Func<T, bool> property) =>
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(1000), Prop.ForAll(values, property));

    public static void Hold<T1, T2>(Arbitrary<T1> one, Arbitrary<T2> two, Func<T1, T2, bool> property) =>
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(1000), Prop.ForAll(one, two, property));
}
