using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Issuance;
using StepCaRenew.Stores;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Issuance;

/// <summary>A folder for first certificates, and the requests for them.</summary>
internal sealed class RequestScene(ITestCa ca) : IDisposable
{
    private readonly TestFolder folder = new();

    public string Folder => folder;

    public CollectingLogger Log { get; } = new();

    public string CertificatePath => At("web.crt");

    public string KeyPath => At("web.key");

    public Func<OpenFolders, IVolume> Volumes { get; set; } = folders => new Volume(folders);

    /// <summary>The clock of the waits for other programs.</summary>
    public TimeProvider StoreClock { get; init; } = TimeProvider.System;

    public string At(string name) => Path.Combine(folder, name);

    public async Task<Credential> TokenAsync(string subject = "web.local", params string[] names) =>
        new Credential.Token(OneTimeToken.Parse(await ca.TokenAsync(new(subject) { Sans = names.Length == 0 ? [subject] : names })));

    public IssuanceRequest Request(Credential credential, PairLocation? location = null) => new()
    {
        Location = (location ?? new PairLocation(CertificatePath, null)) with { MayBeNew = true },
        Wanted = SigningRequest.Create(credential is Credential.Token ? null : "web.local", [], null, null, null, TimeProvider.System),
        Credential = credential,
        Issuer = new() { Ca = new() { StepPath = ca.StepPath } },
    };

    public async Task<bool> RunAsync(IssuanceRequest request, CancellationToken cancellationToken = default) => (await RequestAsync(request, cancellationToken)).IsIssued;

    public async Task<IssuanceOutcome> RequestAsync(IssuanceRequest request, CancellationToken cancellationToken = default)
    {
        using var engine = new IssuanceEngine(TimeProvider.System, () => 0.5, _ => null, Log, new StoreServices(StoreClock, Log) { Volumes = Volumes });
        return await engine.RequestAsync(request, cancellationToken);
    }

    /// <summary>The request fails, and the folder is unchanged, but for the lock file.</summary>
    public async Task<RenewalException> FailsAsync(string id, IssuanceRequest request)
    {
        var before = Contents();
        var error = await Expect.FailureAsync(id, () => RunAsync(request));
        Assert.Equal(before, Contents());
        return error;
    }

    /// <summary>Names, contents and modes of all files but the locks.</summary>
    public IReadOnlyList<string> Contents() =>
    [
        .. Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true }).Order(StringComparer.Ordinal)
            .Where(path => !path.EndsWith(".stepcarenew-lock", StringComparison.Ordinal))
            .Select(path => $"{Path.GetRelativePath(folder, path)} {(File.Exists(path) ? Convert.ToHexString(File.ReadAllBytes(path)) : "folder")}"),
    ];

    /// <summary>A pair that matches and chains to the root, and nothing else but the lock.</summary>
    public X509Certificate2 AssertWhole(string? keyPath = null, KeyPassword? password = null, string certificateName = "web.crt")
    {
        using var pair = CertificatePair.Load(At(certificateName), keyPath, password);
        Assert.True(pair.Matches);
        using var chain = new X509Chain { ChainPolicy = Cas.CaClient.Trust(ca) };
        chain.ChainPolicy.ExtraStore.AddRange(pair.Certificate.Chain.ToArray());
        Assert.True(chain.Build(pair.Leaf));
        Assert.DoesNotContain(Contents(), line => line.Contains(".stepcarenew-", StringComparison.Ordinal));
        return X509CertificateLoader.LoadCertificate(pair.Leaf.RawData);
    }

    /// <summary>A certificate of another key in the place of the certificate, written a while ago.</summary>
    public async Task<IssuedPair> PlaceAsync(string certificateName = "web.crt", string? keyName = "web.key")
    {
        using var other = new TestFolder();
        var pair = await ca.IssueAsync(new() { Name = "web.local", Folder = other });
        File.Copy(pair.CertificatePath, At(certificateName), overwrite: true);
        if (keyName is not null)
            File.Copy(pair.KeyPath, At(keyName), overwrite: true);
        Age();
        return pair;
    }

    /// <summary>Lets all files look as if no other program was writing them.</summary>
    public void Age()
    {
        foreach (var path in Directory.EnumerateFiles(folder))
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
    }

    public void Dispose() => folder.Dispose();
}
