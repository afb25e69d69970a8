using System.Globalization;
using System.Text;

namespace StepCaRenew.Monitoring;

/// <summary>Metrics in the text format of Prometheus, without times of samples: node_exporter rejects a file that has some.</summary>
internal static class MetricText
{
    private const string Prefix = "stepcarenew_";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Renders metrics, in the same order for the same content.</summary>
    public static byte[] Render(IEnumerable<CertificateMetrics> metrics)
    {
        // Two hostile paths can look the same when their control characters are replaced. A duplicate would spoil the file.
        var all = metrics.DistinctBy(one => (one.Name, one.Path)).OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Path, StringComparer.Ordinal).ToList();
        var text = new StringBuilder();
        foreach (var family in MetricFamily.All)
            Append(text, family.Name, family.Help, all.Where(one => family.Read(one) is not null).Select(one => ((IEnumerable<(string, string?)>)[("name", one.Name), ("path", one.Path)], family.Read(one)!.Value)));
        // The version of a renewal is that of all its certificates. Without a label that tells them apart, two files of one
        // folder would have the same series, for which windows_exporter drops all files.
        var versions = all.Where(one => one.Version is not null).DistinctBy(OwnerOf);
        Append(text, MetricFamily.BuildInfo, MetricFamily.BuildInfoHelp, versions.Select(one => ((IEnumerable<(string, string?)>)[("name", one.Name), ("path", one.Name is null ? one.Path : null), ("version", one.Version)], 1L)));
        return Utf8.GetBytes(text.ToString());
    }

    /// <summary>Reads what <see cref="Render"/> wrote, also in another version of the module.</summary>
    /// <returns>Null if the text has anything else, such as the metrics of another program.</returns>
    public static IReadOnlyList<CertificateMetrics>? Parse(ReadOnlySpan<byte> bytes)
    {
        var found = new Dictionary<(string? Name, string? Path), CertificateMetrics>();
        var versions = new Dictionary<(string? Name, string? Path), string>();
        try
        {
            foreach (var line in Utf8.GetString(bytes).Split('\n'))
            {
                if (line.Length == 0 || line[0] == '#')
                    continue;
                var (metric, labels, value) = new SampleReader(line).Read();
                if (!metric.StartsWith(Prefix, StringComparison.Ordinal))
                    return null;
                var key = (labels.GetValueOrDefault("name"), labels.GetValueOrDefault("path"));
                if (metric == MetricFamily.BuildInfo)
                    versions[key] = labels.GetValueOrDefault("version") ?? string.Empty;
                // A metric of a later version is written again by that version.
                else if (MetricFamily.All.FirstOrDefault(family => family.Name == metric) is { } family)
                    found[key] = family.Write(found.GetValueOrDefault(key) ?? new CertificateMetrics(key.Item1, key.Item2), value);
            }
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return null;
        }

        return [.. found.Values.Select(one => one with { Version = versions.GetValueOrDefault(OwnerOf(one)) })];
    }

    private static (string? Name, string? Path) OwnerOf(CertificateMetrics one) => (one.Name, one.Name is null ? one.Path : null);

    private static void Append(StringBuilder text, string metric, string help, IEnumerable<(IEnumerable<(string Name, string? Value)> Labels, long Value)> samples)
    {
        var isFirst = true;
        foreach (var (labels, value) in samples)
        {
            if (isFirst)
                text.Append(CultureInfo.InvariantCulture, $"# HELP {metric} {help}\n# TYPE {metric} gauge\n");
            isFirst = false;
            var pairs = labels.Where(label => label.Value is not null).Select(label => $"{label.Name}=\"{Escape(label.Value!)}\"");
            text.Append(CultureInfo.InvariantCulture, $"{metric}{{{string.Join(',', pairs)}}} {value}\n");
        }
    }

    // Half a surrogate pair, which a path of Windows can have, has no UTF-8.
    private static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var one in value.EnumerateRunes())
        {
            text.Append(one.Value switch
            {
                '\\' => @"\\",
                '"' => "\\\"",
                '\n' => @"\n",
                _ => one.ToString(),
            });
        }

        return text.ToString();
    }

    /// <summary>Reads one sample: <c>metric{label="value",...} number</c>.</summary>
    private ref struct SampleReader(string line)
    {
        private int at;

        /// <exception cref="FormatException">It is not a sample of this module.</exception>
        public (string Metric, Dictionary<string, string> Labels, long Value) Read()
        {
            var labels = new Dictionary<string, string>();
            var metric = ReadTo('{');
            while (at < line.Length && line[at] != '}')
            {
                var label = ReadTo('=');
                labels.Add(label, ReadQuoted());
                if (at < line.Length && line[at] == ',')
                    at++;
            }

            at++;
            return at < line.Length && line[at] == ' ' && long.TryParse(line.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? (metric, labels, value) : throw new FormatException();
        }

        private string ReadTo(char end)
        {
            var start = at;
            at = line.IndexOf(end, start);
            return at < 0 ? throw new FormatException() : line[start..at++];
        }

        private string ReadQuoted()
        {
            var value = new StringBuilder();
            if (Next() != '"')
                throw new FormatException();
            for (var one = Next(); one != '"'; one = Next())
                value.Append(one != '\\' ? one : Next() switch { 'n' => '\n', '\\' => '\\', '"' => '"', _ => throw new FormatException() });
            return value.ToString();
        }

        private char Next() => at < line.Length ? line[at++] : throw new FormatException();
    }
}
