using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Integration.Crash;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Load;
using StepCaRenew.Issuance;
using StepCaRenew.Monitoring;
using StepCaRenew.Policy;
using StepCaRenew.Registration;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Children;

/// <summary>The work of the test program as a child.</summary>
internal static class ChildProgram
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments[0])
        {
            case "crash":
                return await CrashAsync(Request(arguments[1..]), int.Parse(arguments[^1], CultureInfo.InvariantCulture));
            case "crash-request":
                return await CrashRequestAsync(arguments[1..], int.Parse(arguments[^1], CultureInfo.InvariantCulture));
            case "run":
                return await RunAsync(Request(arguments[1..]), folders => new Volume(folders));
            case "publish":
                return await PublishAsync(Request(arguments[1..]) with { Publications = [new PemPublication(PemForm.Bundle, arguments[^4]), new PemPublication(PemForm.Key, arguments[^3]), new PfxPublication(arguments[^2]) { PasswordFile = arguments[^1] }] });
            case "run-with-variables":
                return await RunAsync(Request(arguments[1..]), folders => new Volume(folders), CaSettingsResolver.FromProcess);
            case "run-registered":
                return await RunRegisteredAsync(arguments[1], arguments[2]);
            case "make-folder":
                return MakeFolder(arguments[1], arguments[2]);
            case "metrics":
                return await MetricsAsync(arguments[1], arguments[2], long.Parse(arguments[3], CultureInfo.InvariantCulture), int.Parse(arguments[4], CultureInfo.InvariantCulture));
            case "lock":
                return await LockAsync(arguments[1]);
            case "load":
                return await LoadWorker.RunAsync(arguments[1..]);
            case "replace":
                return await Replacer.RunAsync(arguments[1..]);
            case "write":
                return await InPlaceWriter.RunAsync(arguments[1..]);
            default:
                throw new ArgumentException(arguments[0]);
        }
    }

    /// <summary>How a request is told to a child.</summary>
    public static string[] Tell(RenewalRequest request) =>
        [request.CertificatePath, request.KeyPath!, request.Ca.StepPath!, request.Rekey ? "rekey" : "renew", request.Rule.IsForced ? "force" : "due"];

    public static RenewalRequest Request(string[] told) => new()
    {
        CertificatePath = told[0],
        KeyPath = told[1],
        Ca = new() { StepPath = told[2].Length > 0 ? told[2] : null },
        Rekey = told[3] == "rekey",
        Rule = told[4] == "force" ? RenewalRule.Force : RenewalRule.Default,
        RetryTimeout = TimeSpan.Zero,
    };

    // As many runs of one renewal of some certificates, one after the other.
    private static async Task<int> MetricsAsync(string path, string name, long firstRun, int runs)
    {
        for (var run = firstRun; run < firstRun + runs; run++)
            await new MetricFile(path, TimeProvider.System).ReplaceAsync(
                [.. Enumerable.Range(0, 20).Select(number => new CertificateMetrics(name, $"/{number}.crt") { LastRun = run, Failing = 0 })], one => one.Name == name, CancellationToken.None);
        return 0;
    }

    private static async Task<int> CrashAsync(RenewalRequest request, int killAt)
    {
        var volume = new KillingVolume(killAt);
        var exit = await RunAsync(request, _ => volume);
        Console.WriteLine(volume.Points.ToString(CultureInfo.InvariantCulture));
        return exit;
    }

    // The certificate file, the step path, the token, "key" to use the key in place.
    private static async Task<int> CrashRequestAsync(string[] told, int killAt)
    {
        var volume = new KillingVolume(killAt);
        using var engine = new IssuanceEngine(TimeProvider.System, () => 0.5, _ => null, NullLogger.Instance, new StoreServices(TimeProvider.System, NullLogger.Instance) { Volumes = _ => volume });
        await engine.RequestAsync(
            new()
            {
                Location = new PairLocation(told[0], null) { MayBeNew = true },
                Wanted = SigningRequest.Create(null, [], null, null, null, TimeProvider.System),
                Credential = new Credential.Token(OneTimeToken.Parse(told[2])),
                Issuer = new() { Ca = new() { StepPath = told[1] } },
                UseExistingKey = told[3] == "key",
            },
            CancellationToken.None);
        Console.WriteLine(volume.Points.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static async Task<int> RunAsync(RenewalRequest request, Func<OpenFolders, IVolume> volumes, Func<string, string?>? environment = null)
    {
        var engine = new RenewalEngine(TimeProvider.System, () => 0.5, environment ?? (_ => null), NullLogger.Instance, volumes);
        var (result, error) = await engine.RenewAsync(request, CancellationToken.None);
        Console.WriteLine(JsonSerializer.Serialize(new[] { result.Status, result.ErrorId, error?.Message }));
        return error is null ? 0 : 1;
    }

    private static async Task<int> PublishAsync(RenewalRequest request)
    {
        using var engine = new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, NullLogger.Instance, folders => new Volume(folders));
        var outcome = await engine.RenewAsync(request, CancellationToken.None);
        var errors = await engine.FollowUpAsync([outcome], new ActionHost(), CancellationToken.None);
        Console.WriteLine(JsonSerializer.Serialize(new[] { outcome.Result.Status, outcome.Result.ErrorId, outcome.Result.Message }));
        return outcome.Error is null && errors.Count == 0 ? 0 : 1;
    }

    private static async Task<int> RunRegisteredAsync(string home, string name)
    {
        var outcome = await RegisteredScene.RunAsync(home, name, TimeProvider.System, NullLogger.Instance);
        Console.WriteLine(JsonSerializer.Serialize(new[] { outcome.Result?.Status, outcome.Error?.ErrorId, outcome.Error?.Message }));
        return outcome.Error is null ? 0 : 1;
    }

    private static int MakeFolder(string user, string path)
    {
        try
        {
            OwnFolder.MakeFor(new TaskAccount.User(user), path, RenewalScope.Machine);
            return 0;
        }
        catch (RenewalException e)
        {
            Console.WriteLine(e.ErrorId);
            return 1;
        }
    }

    // Until the parent says or goes.
    private static async Task<int> LockAsync(string certificatePath)
    {
        using var folders = new OpenFolders();
        using var held = await PairLock.AcquireAsync(
            folders, PairPaths.Resolve(certificatePath, certificatePath), TimeSpan.Zero, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        Console.WriteLine("held");
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
