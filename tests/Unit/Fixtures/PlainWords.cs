using System.Text;
using System.Text.RegularExpressions;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>A wording that a reader must translate, with an example of it, the plain one, and an example of that.</summary>
internal sealed record BannedWording(string Pattern, string Instead, string Example, string Plain)
{
    /// <summary>Matched against the text as it is written, with its capitals, instead of single words in lower case.</summary>
    public bool AsWritten { get; init; }
}

/// <summary>Finds banned wordings in messages, comments, names, help and docs.</summary>
internal static partial class PlainWords
{
    public static readonly IReadOnlyList<BannedWording> Banned =
    [
        new(@"\b(?:who|whom)ever\b", "the user, process or account that", "for whoever reads it", "for the user who reads it"),
        new(@"\banew\b", "again", "reads it anew", "reads it again"),
        new(@"\bbeside\b", "next to", "FileBeside(path)", "besides that file"),
        new(@"\bmend(?:s|ed|ing)?\b", "fix, repair", "Mend the cause", "amend the commit"),
        new(@"\bow(?:e|es|ed|ing)\b", "pending", "ActionsOwed", "the owner"),
        new(@"\bsettl(?:e|es|ed|ing|ement)\b", "the verb for what is done: load, check, decide", "PendingActions.Settle()", "PendingActions.Load()"),
        new(@"\bglanc(?:e|es|ed|ing)\b", "snapshot, quick check", "PairGlance", "PairSnapshot"),
        new(@"\bwitness(?:es|ed|ing)?\b", "version, proof, marker", "a witness of the file", "the version of the file"),
        new(@"\b(?:tell|tells|told|telling) of\b", "log, report, warn", "told of the error", "told the user"),
        new(@"\b(?:say|says|said|saying) so\b", "log, report, \"with this error\"", "and says so", "says what to do"),
        new(@"\b(?:un)?fores(?:ee|ees|aw|een)\b", "expected, unexpected", "nobody foresaw it", "an unexpected error"),
        new(@"\bbad luck\b", "the cause", "by bad luck", "by accident"),
        new(@"\b(?:comes|came) to\b", "result, end with, reach", "what the run came to", "how the run ended"),
        new(@"\b(?:come|comes|came) out\b", "result, end with", "how it came out", "how it ended"),
        new(@"\ball the same\b", "still, anyway", "it runs all the same", "all of the same kind"),
        new(@"\bby half\b", "half", "replaced by half", "half replaced"),
        new(@"\btold otherwise\b", "by default", "300 unless told otherwise", "by default 300"),
        new(@"\b(?:go|goes|went) on\b", "continue, still work", "the run goes on", "the run continues"),
        new(@"<summary>[A-Z][a-z]+ (?:it|them)\b(?= ?[.;,<])", "the noun: \"Starts the process\"", "<summary>Starts it.", "<summary>Starts the process.") { AsWritten = true },
        new(@"\bmay not\b", "cannot, does not have permission to; might not", "may not read it", "cannot read it"),
        new(
            @"(?<!\bthere (?:may |might |can |must |should )?)\b(?:is|was|are|were|be) no (?!longer\b|more\b|\w+er than\b|one\b|other\b)\w+",
            "is not a",
            "'x' is no duration",
            "there is no file, and it is no longer than that"),
        new(@"(?<!\b(?:hours?|minutes?|seconds?|year|is) )\bahead\b(?! of\b)", "in advance", "computed ahead", "a clock that is an hour ahead"),
        new(@"\btheirs (?:stand|stands|stays?)\b", "the name of the files that stay", "theirs stands", "the deployed files stay"),
        new(@"\b(?:lie|lies|lay) (?:in|on|at|under|below|above|next|there|here|with|outside|within|between)\b", "is, is stored", "the key lies in it", "relies in part"),
        new(@"\bWhere [a-z][^.,;:|`""]{2,70}, (?!and |or |which )[a-z]", "if", "Where nothing is left, it ends", "Where it is, and the file") { AsWritten = true },
        new(@"\b(?:null|none|empty|true|false|zero) where\b", "if", "null where it is none", "null if there is none"),
        new(@"\b(?:a|an|the|one|first|second|last|quick|each|every|this|that|another) looks?\b(?! like\b)", "check, read", "a quick look", "a table looks like it"),
        // PowerShell itself writes "What if: ".
        new(@"\b(?:What(?! if[:*])|Who|Whose|Whom)\b(?= [a-z])", "the actor or the thing", "What follows a renewal", "What if: -WhatIf asks what follows") { AsWritten = true },
        new(@"(?<![A-Za-z])(?:What(?!If)|Who|Whose|Whom)(?=[A-Z])", "the actor or the thing", "Remove_WhatIsThere_Stays", "WhatIf_Kind_IsWhatItIs") { AsWritten = true },
        new(@"\b(?:internal|protected|public) [\w<>\[\]?,. ()]*\b(?:Of|Demand)\(", "a name that says the source: FromPem, RequireReadable", "public static Pem Of(string text)", "public static Pem FromText(string text)") { AsWritten = true },
    ];

    private static readonly string[] Extensions =
        [".cs", ".csproj", ".go", ".json", ".md", ".props", ".ps1", ".ps1xml", ".psd1", ".psm1", ".sh", ".targets", ".txt", ".c", ".slnx"];

    private static readonly string[] Skipped =
    [
        "bin", "obj", "out", "TestData", // made by a build, or recorded from other programs
        "en-US", // made from docs/commands
        "PlainWords.cs", "PlainWordsTests.cs", // the banned wordings themselves
        "THIRD-PARTY-NOTICES.txt",
    ];

    private static readonly (Regex Regex, BannedWording Wording)[] Compiled =
    [
        .. Banned.Select(banned => (new Regex(banned.Pattern, RegexOptions.CultureInvariant), banned)),
    ];

    /// <summary>The files that people read, as paths relative to <paramref name="root"/> with '/'.</summary>
    public static IEnumerable<string> Files(string root) => FilesIn(root, "").Order(StringComparer.Ordinal);

    /// <summary>One line for each banned wording: file, line, the wording and the word to use instead.</summary>
    public static IEnumerable<string> FindInFile(string root, string file)
    {
        foreach (var (line, words, banned) in Find(File.ReadAllText(Path.Combine(root, file))))
            yield return $"{file}:{line}: '{words}': write: {banned.Instead}";
    }

    /// <summary>Sentences are followed from line to line; names are split into their words.</summary>
    public static IEnumerable<(int Line, string Words, BannedWording Banned)> Find(string text)
    {
        var (written, lines) = Join(text);
        var (separate, places) = Separate(written);
        foreach (var (regex, banned) in Compiled)
        {
            foreach (Match match in regex.Matches(banned.AsWritten ? written : separate))
            {
                var place = banned.AsWritten ? match.Index : places[match.Index];
                var index = lines.BinarySearch(place);
                yield return (index < 0 ? ~index : index + 1, match.Value, banned);
            }
        }
    }

    private static IEnumerable<string> FilesIn(string root, string folder)
    {
        foreach (var entry in new DirectoryInfo(Path.Combine(root, folder)).EnumerateFileSystemInfos())
        {
            if (Skipped.Contains(entry.Name) || entry.Name.StartsWith('.') || entry.LinkTarget is not null)
                continue;
            var path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            if (entry is DirectoryInfo)
            {
                foreach (var file in FilesIn(root, path))
                    yield return file;
            }
            else if (Extensions.Contains(entry.Extension))
            {
                yield return path;
            }
        }
    }

    /// <summary>All lines in one, without the marks that begin a comment's lines, and where each of them begins.</summary>
    private static (string Text, List<int> Lines) Join(string text)
    {
        var joined = new StringBuilder(text.Length);
        var lines = new List<int>();
        foreach (var line in text.Split('\n'))
        {
            lines.Add(joined.Length);
            joined.Append(LineStart().Replace(line.TrimEnd(), "")).Append(' ');
        }

        return (joined.ToString(), lines);
    }

    /// <summary>Words in lower case, those of a name too, and the place that each character comes from.</summary>
    private static (string Text, int[] Places) Separate(string text)
    {
        var separate = new StringBuilder(text.Length * 2);
        var places = new List<int>(text.Length * 2);
        for (var i = 0; i < text.Length; i++)
        {
            if (i > 0 && char.IsUpper(text[i]) && (char.IsLower(text[i - 1]) || (char.IsUpper(text[i - 1]) && i + 1 < text.Length && char.IsLower(text[i + 1]))))
            {
                separate.Append(' ');
                places.Add(i);
            }

            separate.Append(text[i] == '_' ? ' ' : char.ToLowerInvariant(text[i]));
            places.Add(i);
        }

        return (separate.ToString(), [.. places]);
    }

    [GeneratedRegex(@"^\s*(?:///?|#+|\*(?=\s)|>)?\s*")]
    private static partial Regex LineStart();
}
