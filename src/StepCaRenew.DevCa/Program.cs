using StepCaRenew.DevCa.Cli;

try
{
    return args switch
    {
        ["run", .. var rest] => await RunCommand.ExecuteAsync(new Arguments(rest)),
        ["rotate", .. var rest] => RotateCommand.Execute(new Arguments(rest)),
        ["issue", .. var rest] => IssueCommand.Execute(new Arguments(rest)),
        _ => throw new UsageException(args.Length == 0 ? "No command was given." : $"'{args[0]}' is not a command."),
    };
}
catch (UsageException error)
{
    await Console.Error.WriteLineAsync($"{error.Message}\n\n{UsageException.Usage}");
    return 2;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
