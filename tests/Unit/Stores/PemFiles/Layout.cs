using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

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
}

/// <summary>Pairs in simulated places.</summary>
internal static class Layouts
{
    /// <summary>Made once: what is tested here is files, not cryptography.</summary>
    public static IReadOnlyList<TestPair> Pairs { get; } = [.. Enumerable.Range(0, 4).Select(_ => TestAuthority.Default.Issue())];

    public static PairPaths PathsOf(Layout layout) => layout switch
    {
        Layout.TwoFolders or Layout.TwoFoldersByLinks => new("/certs/web.crt", "/keys/web.key"),
        Layout.OneFile or Layout.OneFileByLinks => new("/certs/web.pem", "/certs/web.pem"),
        _ => new("/certs/web.crt", "/certs/web.key"),
    };

    public static bool CanExchange(Layout layout) => layout is Layout.OneFolder or Layout.TwoFolders or Layout.OneFile or Layout.OneFolderOtherRights;

    public static SimulatedVolume Volume(Layout layout) => new()
    {
        CanExchange = CanExchange(layout),
        CanLink = layout != Layout.OneFolderByCopies,
        HaveLeftoversOtherRights = layout is Layout.OneFolderOtherRights or Layout.OneFolderByLinksOtherRights,
    };

    /// <summary>The content of a pair's certificate file.</summary>
    public static byte[] Certificate(Layout layout, TestPair pair) =>
        [.. PathsOf(layout).IsOneFile ? System.Text.Encoding.ASCII.GetBytes(pair.KeyPem) : [], .. System.Text.Encoding.ASCII.GetBytes(pair.CertificatePem)];

    public static byte[] Key(TestPair pair) => System.Text.Encoding.ASCII.GetBytes(pair.KeyPem);

    public static void Place(SimulatedVolume volume, Layout layout, TestPair pair)
    {
        var paths = PathsOf(layout);
        if (!paths.IsOneFile)
            volume.Place(paths.Key, Key(pair));
        volume.Place(paths.Certificate, Certificate(layout, pair));
    }
}
