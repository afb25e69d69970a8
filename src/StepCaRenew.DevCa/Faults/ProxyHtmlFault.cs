using StepCaRenew.DevCa.Api;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The error page of a proxy in front of the CA.</summary>
public sealed record ProxyHtmlFault(int Status) : RequestFault
{
    internal override Task SendAsync(FaultContext context) => ApiAnswer
        .Text(Status, "text/html", $"<html>\r\n<head><title>{Status}</title></head>\r\n<body><center><h1>{Status}</h1></center><hr><center>nginx</center></body>\r\n</html>\r\n")
        .SendAsync(context.Http);
}
