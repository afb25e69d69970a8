using StepCaRenew.Integration.Children;
using Xunit.Runner.InProc.SystemConsole;

// Tests start this program once more as their child: to be killed, to hold a lock, to be another user.
return args is ["child", ..] ? await ChildProgram.RunAsync(args[1..]) : await ConsoleRunner.Run(args);
