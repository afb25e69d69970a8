using StepCaRenew.HelpBuilder;

const string Usage = """
    HelpBuilder: PowerShell help from Markdown

    Usage: HelpBuilder build|check [ROOT]

      build   reads ROOT/docs/commands/*.md and ROOT/docs/about_*.md and writes
              ROOT/en-US/StepCaRenew.Cmdlets.dll-Help.xml and ROOT/en-US/about_*.help.txt
      check   writes nothing; fails where these files differ from what the Markdown gives
      ROOT    the folder of the repository; the current folder without it

    Exit code: 0 done, 1 a page is wrong or the help is out of date, 2 wrong arguments.
    The form of a page: tools/HelpBuilder/README.md
    """;

switch (args)
{
    case ["--help" or "-h" or "-?"]:
        Console.WriteLine(Usage);
        return 0;
    case ["build" or "check"] or ["build" or "check", _]:
        break;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

try
{
    var help = HelpFiles.Generate(args.Length > 1 ? args[1] : ".");
    return args[0] == "build" ? help.Save() : help.Check();
}
catch (Exception exception) when (exception is PageException or AggregateException or IOException or UnauthorizedAccessException)
{
    foreach (var inner in exception is AggregateException several ? several.InnerExceptions : [exception])
        Console.Error.WriteLine(inner.Message);
    return 1;
}
