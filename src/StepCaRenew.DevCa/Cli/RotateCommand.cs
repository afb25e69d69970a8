using System.Globalization;

namespace StepCaRenew.DevCa.Cli;

/// <summary>Gives the CA of a folder new intermediates.</summary>
internal static class RotateCommand
{
    private const int Most = 2;

    public static int Execute(Arguments arguments)
    {
        var folder = new CaFolder(arguments.Required("--folder"));
        var text = arguments.Value("--intermediates") ?? "1";
        var newRoot = arguments.Flag("--new-root");
        arguments.Rest();
        if (!int.TryParse(text, CultureInfo.InvariantCulture, out var count) || count is < 1 or > Most)
            throw new UsageException($"'{text}' is not a number of intermediates; write 1 or {Most}.");
        folder.SaveIdentity(folder.Load().Identity!.Rotate(TimeProvider.System.GetUtcNow(), count, newRoot));
        return 0;
    }
}
