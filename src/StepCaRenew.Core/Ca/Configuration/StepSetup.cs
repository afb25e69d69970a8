using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using StepCaRenew.Ca.Trust;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Ca.Configuration;

/// <summary>The files of a step configuration for one CA, as <c>step ca bootstrap</c> writes them. Members of existing files that it does not know are kept.</summary>
internal sealed class StepSetup
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly CaAddress address;
    private readonly X509Certificate2 root;
    private readonly StepFolder folder;

    /// <param name="address">The CA's address.</param>
    /// <param name="root">The CA's root.</param>
    /// <param name="options">The step folder and the context.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <exception cref="RenewalException">The folder or the context cannot be used, or a file cannot be read.</exception>
    public StepSetup(CaAddress address, X509Certificate2 root, CaOptions options, Func<string, string?> environment)
    {
        (this.address, this.root) = (address, root);
        // A context is named after the host, as in step; an IPv6 address without its brackets.
        folder = StepFolder.FindNew(options, environment, address.Host.Trim('[', ']'));
    }

    /// <summary>The context; null without contexts.</summary>
    public string? Context => folder.Context;

    /// <summary>The step folder.</summary>
    public string StepPath => folder.Base;

    /// <summary>The root file.</summary>
    public string RootPath => folder.RootPath;

    /// <summary>The file with the CA's address.</summary>
    public string DefaultsPath => folder.DefaultsFiles.First();

    /// <summary>A configuration without context that is not used any more once there are contexts; null if there is none.</summary>
    public string? HiddenDefaults => Context is not null && !File.Exists(folder.ContextsPath)
        && new StepFolder(folder.Base, folder.Base, null).DefaultsFiles.First() is var file && File.Exists(file) ? file : null;

    /// <summary>Requires that no configuration of another CA would be replaced.</summary>
    /// <exception cref="RenewalException">One would (<see cref="ErrorId.ContextExists"/>).</exception>
    public void RequireNoOther()
    {
        var differences = Differences().ToList();
        if (differences.Count > 0)
            throw new RenewalException(
                ErrorId.ContextExists, $"{(Context is null ? $"'{StepPath}'" : $"The step context '{Context}'")} is already configured: {string.Join(", ", differences)}. Nothing was changed.",
                "Give -Force to replace it, or -Context with another name to keep both.");
    }

    /// <summary>The files to write, in their order.</summary>
    /// <exception cref="RenewalException">An existing file cannot be read.</exception>
    public FileSet CreateFiles(IVolume volume)
    {
        var files = new List<NewFile>
        {
            new(RootPath, Encoding.ASCII.GetBytes(root.ExportCertificatePem() + "\n"), Private),
            new(DefaultsPath, StepJson.Change(DefaultsPath, SetDefaults), Public),
        };
        if (Context is not null)
        {
            var profile = Path.Combine(folder.Profile!, "config", "defaults.json");
            if (!File.Exists(profile))
                files.Add(new(profile, Encoding.ASCII.GetBytes("{}\n"), Private));
            files.Add(new(folder.ContextsPath, StepJson.Change(folder.ContextsPath, AddContext), Private));
            files.Add(new(folder.CurrentContextPath, StepJson.Change(folder.CurrentContextPath, current => current["context"] = Context), Public));
        }

        return new FileSet(volume, files);
    }

    private void SetDefaults(JsonObject defaults)
    {
        defaults["ca-url"] = address.Text;
        defaults["fingerprint"] = RootFingerprint.Compute(root);
        defaults["root"] = RootPath;
    }

    // A context that exists may name other folders; they are used.
    private void AddContext(JsonObject contexts)
    {
        if (!contexts.ContainsKey(Context!))
            contexts[Context!] = new JsonObject { ["profile"] = Context, ["authority"] = Context };
    }

    private IEnumerable<string> Differences()
    {
        var defaults = StepDefaults.Load([DefaultsPath]);
        if (defaults["ca-url"] is { } url && ReadAddress(url) is var other && other != address.Text)
            yield return $"its CA is {other ?? "not a valid address"}";
        if (defaults["fingerprint"] is { } fingerprint && RootFingerprint.Normalize(fingerprint) != RootFingerprint.Compute(root))
            yield return $"its root has the fingerprint {fingerprint}";
        if (defaults["root"] is { } path && !PathNames.AreSame(path, RootPath))
            yield return $"its root is '{path}'";
        if (File.Exists(RootPath) && !HoldsOnlyRoot())
            yield return $"'{RootPath}' has another content";
    }

    // As it is used, without a password that it may contain.
    private static string? ReadAddress(string url)
    {
        try
        {
            return CaAddress.Parse(url).Text;
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    private bool HoldsOnlyRoot()
    {
        try
        {
            using var present = TrustedRoots.Load(new CaSettings(address.Url, RootPath, null));
            return present.All is [var only] && only.RawDataMemory.Span.SequenceEqual(root.RawDataMemory.Span);
        }
        catch (Exception e) when (e is RenewalException or CryptographicException)
        {
            return false;
        }
    }
}
