using System.Globalization;

namespace StepCaRenew.Integration.Cas;

/// <summary>The options as arguments of tests/StepCa/main.go.</summary>
internal static class StepCaArguments
{
    public static IEnumerable<string> Init(int port, TestCaOptions options)
    {
        List<string> arguments =
        [
            "init", "-address", $"127.0.0.1:{port}", "-dns", options.DnsNames, "-password-file", "password.txt",
            "-no-renew", "-no-eku", "-plain-key",
            "-backdate", Duration(options.Backdate), "-min", Duration(options.MinDuration),
            "-max", Duration(options.MaxDuration), "-default", Duration(options.DefaultDuration),
        ];
        if (options.AllowRenewalAfterExpiry)
            arguments.Add("-renew-expired");
        if (options.NoDatabase)
            arguments.Add("-no-db");
        return arguments;
    }

    public static IEnumerable<string> Run() =>
        ["run", "-password-file", "password.txt", "-quiet", "-until-eof", "-log", "ca.log"];

    public static IEnumerable<string> Rotate(int intermediates, bool newRoot)
    {
        List<string> arguments = ["rotate", "-password-file", "password.txt", "-intermediates", intermediates.ToString(CultureInfo.InvariantCulture)];
        if (newRoot)
            arguments.Add("-new-root");
        return arguments;
    }

    private static string Duration(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s";
}
