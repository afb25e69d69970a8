# A monitor (health check) for the tests.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'StepCaRenew.TestCa.psm1')

function Open-TestMonitor {
    <# .SYNOPSIS Starts a monitor on a free port of 127.0.0.1: its Address, and the requests that it has Seen, each as method, path and body. #>
    $port = Get-FreePort
    $listener = [Net.HttpListener]::new()
    $listener.Prefixes.Add("http://127.0.0.1:$port/")
    $listener.Start()
    $seen = [Collections.Concurrent.ConcurrentQueue[string]]::new()
    $isOver = [Threading.CancellationTokenSource]::new()
    # Not GetContext(): Stop() sometimes leaves a thread that waits in it for ever.
    $server = Start-ThreadJob {
        while ($true) {
            $next = ($using:listener).GetContextAsync()
            try { $next.Wait(($using:isOver).Token) } catch [OperationCanceledException] { return }
            $context = $next.Result
            $body = [IO.StreamReader]::new($context.Request.InputStream).ReadToEnd()
            ($using:seen).Enqueue("$($context.Request.HttpMethod) $($context.Request.RawUrl) $body".Trim())
            $context.Response.Close()
        }
    }
    [pscustomobject]@{ Address = "http://127.0.0.1:$port"; Seen = $seen; IsOver = $isOver; Server = $server; Listener = $listener }
}

function Close-TestMonitor {
    <# .SYNOPSIS Ends a monitor; does nothing without one. #>
    param([AllowNull()] [object] $Monitor)
    if (-not $Monitor) { return }
    $Monitor.IsOver.Cancel()
    # A job that ends while Remove-Job stops it is disposed twice, which is an error.
    $Monitor.Server | Wait-Job -Timeout 10 > $null
    $Monitor.Server | Remove-Job -Force
    $Monitor.Listener.Close()
    $Monitor.IsOver.Dispose()
}

Export-ModuleMember -Function *-*
