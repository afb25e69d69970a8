using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Stores.PfxFiles;
using StepCaRenew.Unit.Certificates.Pfx;

namespace StepCaRenew.Unit.Stores.PemFiles;

/// <summary>The places of a simulated pair, and the abilities of the file system.</summary>
public enum Layout
{
    OneFolder,
    TwoFolders,
    OneFile,
    OneFolderByLinks,
    TwoFoldersByLinks,
    OneFileByLinks,
    OneFolderByCopies,
    OneFolderOtherRights,
    OneFolderByLinksOtherRights,
    Pfx,
    PfxByLinks,
}

/// <summary>Pairs in simulated places.</summary>
internal static class Layouts
{
    /// <summary>Made once: what is tested here is files, not cryptography.</summary>
    public static IReadOnlyList<TestPair> Pairs { get; } = [.. Enumerable.Range(0, 4).Select(_ => TestAuthority.Default.Issue())];

    // A file gets another salt each time it is made.
    private static readonly ConcurrentDictionary<string, byte[]> PfxFiles = new();

    public static PairPaths PathsOf(Layout layout) => layout switch
    {
        Layout.TwoFolders or Layout.TwoFoldersByLinks => new("/certs/web.crt", "/keys/web.key"),
        Layout.OneFile or Layout.OneFileByLinks => new("/certs/web.pem", "/certs/web.pem"),
        Layout.Pfx or Layout.PfxByLinks => new("/certs/web.pfx", "/certs/web.pfx"),
        _ => new("/certs/web.crt", "/certs/web.key"),
    };

    /// <summary>The form of the pair's files.</summary>
    public static IPairForm FormOf(Layout layout) => IsPfx(layout) ? new PfxPairForm(new KeyPassword(PfxBuilder.Secret)) : new PemPairForm(null);

    public static bool CanExchange(Layout layout) => layout is Layout.Pfx or Layout.OneFolder or Layout.TwoFolders or Layout.OneFile or Layout.OneFolderOtherRights;

    public static SimulatedVolume Volume(Layout layout) => new()
    {
        CanExchange = CanExchange(layout),
        CanLink = layout != Layout.OneFolderByCopies,
        HaveLeftoversOtherRights = layout is Layout.OneFolderOtherRights or Layout.OneFolderByLinksOtherRights,
    };

    /// <summary>The content of a pair's certificate file.</summary>
    public static byte[] Certificate(Layout layout, TestPair pair) => IsPfx(layout) ? PfxFiles.GetOrAdd(pair.CertificatePem, _ => MakePfx(pair))
        : Encoding.ASCII.GetBytes((PathsOf(layout).IsOneFile ? pair.KeyPem : string.Empty) + pair.CertificatePem);

    /// <summary>The content of a pair's key file.</summary>
    public static byte[] Key(Layout layout, TestPair pair) => IsPfx(layout) ? Certificate(layout, pair) : Encoding.ASCII.GetBytes(pair.KeyPem);

    public static void Place(SimulatedVolume volume, Layout layout, TestPair pair)
    {
        var paths = PathsOf(layout);
        if (!paths.IsOneFile)
            volume.Place(paths.Key, Key(layout, pair));
        volume.Place(paths.Certificate, Certificate(layout, pair));
    }

    private static bool IsPfx(Layout layout) => layout is Layout.Pfx or Layout.PfxByLinks;

    // One iteration: the file is opened thousands of times.
    private static byte[] MakePfx(TestPair pair)
    {
        var form = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1);
        return PfxBuilder.Build(PfxBuilder.Secret, form, HashAlgorithmName.SHA256, PfxBuilder.Certificate(pair.Leaf), PfxBuilder.Key(pair.Key, PfxBuilder.Secret, form));
    }
}
