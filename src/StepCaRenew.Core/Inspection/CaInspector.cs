using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Policy;
using StepCaRenew.Text;

namespace StepCaRenew.Inspection;

/// <summary>Asks a CA for everything that it says about itself without a certificate.</summary>
internal sealed class CaInspector(TimeProvider clock, Func<string, string?> environment)
{
    /// <summary>Describes a CA.</summary>
    /// <exception cref="RenewalException">The CA is not configured, cannot be reached, is not trusted, or gives an invalid answer.</exception>
    public async Task<StepCa> InspectAsync(CaOptions options, CancellationToken cancellationToken)
    {
        var settings = CaSettingsResolver.Resolve(options, environment);
        using var trusted = TrustedRoots.Load(settings);
        var client = new CaClient(settings, trusted, clock, environment);
        var health = await CaHealth.RequireAsync(client, settings, clock, cancellationToken).ConfigureAwait(false);
        return new StepCa
        {
            CaUrl = settings.Address,
            Context = StepFolder.Find(options, environment).Context,
            Status = CaHealth.Ok,
            Version = PlainText.Excerpt(await client.GetVersionAsync(cancellationToken).ConfigureAwait(false)),
            LatencyMs = (long)Math.Round(health.Latency.TotalMilliseconds),
            ClockDifferenceSeconds = (long?)health.ClockDifference?.TotalSeconds,
            RootPath = settings.RootPath,
            Roots = DescribeRoots(await client.GetRootsAsync(cancellationToken).ConfigureAwait(false), trusted, settings),
            Provisioners = new((await client.GetProvisionersAsync(cancellationToken).ConfigureAwait(false)).Select(Describe)),
        };
    }

    private ResultList<StepCaRoot> DescribeRoots(IReadOnlyList<string> pems, TrustedRoots trusted, CaSettings settings)
    {
        var fingerprints = trusted.All.Select(RootFingerprint.Compute).ToHashSet();
        var roots = new List<StepCaRoot>();
        foreach (var pem in pems)
        {
            using var root = Decode(pem, settings);
            roots.Add(new StepCaRoot
            {
                Subject = root.Subject,
                Fingerprint = RootFingerprint.Compute(root),
                NotBefore = root.NotBefore,
                NotAfter = root.NotAfter,
                RemainingDays = (long)Math.Floor((CertificateValidity.FromCertificate(root).NotAfter - clock.GetUtcNow()).TotalDays),
                IsTrusted = fingerprints.Contains(RootFingerprint.Compute(root)),
            });
        }

        return new(roots);
    }

    private static X509Certificate2 Decode(string pem, CaSettings settings)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new RenewalException(ErrorId.CaAnswerInvalid, $"The CA at {settings.Url.Authority} lists a root certificate that cannot be decoded.", "See the CA's log, and its root file.", e);
        }
    }

    private static StepCaProvisioner Describe(ProvisionerEntry entry) => new()
    {
        Name = PlainText.Excerpt(entry.Name ?? string.Empty),
        Type = PlainText.Excerpt(entry.Type ?? string.Empty),
        KeyId = entry.KeyField("kid") is { } id ? PlainText.Excerpt(id) : null,
        HasEncryptedKey = !string.IsNullOrEmpty(entry.EncryptedKey),
        Claims = TextList.FromNames(entry.Claims.ValueKind == JsonValueKind.Object
            ? [.. entry.Claims.EnumerateObject().Select(claim => PlainText.Excerpt($"{claim.Name}={Text(claim.Value)}"))] : []),
    };

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText(),
    };
}
