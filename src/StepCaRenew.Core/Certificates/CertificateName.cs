namespace StepCaRenew.Certificates;

/// <summary>The short name of a certificate file in output and messages.</summary>
internal static class CertificateName
{
    /// <summary>The file name without its extension; the name of the folder for common file names such as <c>fullchain.pem</c>.</summary>
    public static string FromPath(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var isCommon = name is "cert" or "fullchain" or "tls" or "certificate" or "server";
        return isCommon && Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) is { Length: > 0 } folder ? folder : name;
    }
}
