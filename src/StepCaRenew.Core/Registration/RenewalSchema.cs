namespace StepCaRenew.Registration;

/// <summary>The JSON schema of definitions, which is written next to them for editors.</summary>
internal static class RenewalSchema
{
    private static readonly Lazy<byte[]> Content = new(() =>
    {
        using var stream = typeof(RenewalSchema).Assembly.GetManifestResourceStream("renewal.schema.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    });

    /// <summary>The schema's text.</summary>
    public static ReadOnlySpan<byte> Bytes => Content.Value;
}
