namespace StepCaRenew.Certificates;

/// <summary>The short name by which people know a certificate file.</summary>
public static class CertificateName
{
    /// <summary>The file's name without its ending; the folder's for names that say nothing, such as <c>fullchain.pem</c>.</summary>
    /// <param name="path">The certificate file.</param>
    public static string FromPath(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var isCommon = name is "cert" or "fullchain" or "tls" or "certificate" or "server";
        return isCommon && Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) is { Length: > 0 } folder ? folder : name;
    }
}
