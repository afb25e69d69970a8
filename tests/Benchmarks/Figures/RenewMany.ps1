function Measure-RenewMany {
    <#
    .SYNOPSIS
        Renewals at one real step-ca: how many a second, and the CPU of the client and of the CA for each; of the cmdlet, with its
        flushes and without, by tokens and by mTLS, of a bare loop, and of a process per certificate. The same pairs are renewed
        in each run.
    #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    $ca = Get-BenchCa $Bench
    if ($ca.Reason) { return Get-MissingLine -Figure 'renew many' -Reason $ca.Reason }
    $workers = 16
    $folder = Get-BenchPair -Bench $Bench -Name 'renew' -Count (Get-BenchCount -Bench $Bench -Full 400) -Ca $ca -Due
    $certificates = [StepCaRenew.Benchmarks.Bare.BareRenewal]::Load($folder)
    $port = ([uri] $ca.Url).Port

    $renew = {
        param([string] $Transport = 'Auto')
        $results = Invoke-StepRenewal -Path $folder -StepPath $ca.Folder -Force -Transport $Transport -ThrottleLimit $workers -RetryTimeout '0s' -ProgressAction SilentlyContinue
        Assert-Result -Result $results -Status 'Renewed' -Count $certificates.Count
    }
    $ways = [ordered]@{
        ours    = { Measure-Cost -Server $ca.Process -Script $renew }
        bare    = { Measure-Cost -Server $ca.Process -Script { [StepCaRenew.Benchmarks.Bare.BareRenewal]::Run($certificates, '127.0.0.1', $port, $ca.RootPath, $workers) } }
        tls     = { Measure-Cost -Server $ca.Process -Script { & $renew -Transport Tls } }
        noFlush = { Use-NoFlush { Measure-Cost -Server $ca.Process -Script $renew } }
    }
    $process = Get-RenewProcess $ca
    if ($process.Command) {
        $sampled = Get-BenchPair -Bench $Bench -Name 'renew-process' -Count (Get-BenchCount -Bench $Bench -Full 40) -Ca $ca -Due
        $sample = Get-PairSample -Folder $sampled -Count 40
        $ways['process'] = { @{ rate = Measure-ProcessRate -Pair $sample -AtATime 2 -Command $process.Command } }
    }

    # .NET compiles what runs often once more, and better; for thousands of renewals that takes a part of a core.
    $costs = Measure-Interleaved -Way $ways -Repeats $Bench.Repeats -WarmUp (Get-BenchCount -Bench $Bench -Full 12)
    $each = "$($process.Name), a process per certificate, 2 at a time"
    $given = if ($process.Command) { ' To {0}, it gives {1}.' -f $each, (Format-Number (Get-Quartile $costs['process rate']).Median 'renewals/s') }
    Get-Line -Figure 'renew many: the bare loop itself, 16 workers, against 530/s' -Unit '/s' -Ours $costs['bare rate'] -Reference 530 -AtLeast 0.8 -Note "This machine, or this hour of it, is slower than the one that the bars were found on.$given"
    Get-Line -Figure 'renew many: the cmdlet against the bare loop' -Unit '/s' -Ours $costs['ours rate'] -Reference $costs['bare rate'] -AtLeast 1
    Get-Line -Figure 'renew many: the cmdlet without its flushes against the bare loop' -Unit '/s' -Ours $costs['noFlush rate'] -Reference $costs['bare rate']
    Get-Line -Figure 'renew many: the cmdlet with -Transport Tls against the bare loop' -Unit '/s' -Ours $costs['tls rate'] -Reference $costs['bare rate'] -AtLeast 0.7
    Get-Line -Figure 'renew many: CPU of the client for each, the cmdlet against the bare loop' -Unit 'ms' -Ours $costs['ours client'] -Reference $costs['bare client'] -AtMost 1.2
    Get-Line -Figure 'renew many: CPU of the client for each, with -Transport Tls against the bare loop' -Unit 'ms' -Ours $costs['tls client'] -Reference $costs['bare client']
    Get-Line -Figure 'renew many: CPU of the CA for each, the cmdlet against the bare loop' -Unit 'ms' -Ours $costs['ours server'] -Reference $costs['bare server'] -AtMost 1
    Get-Line -Figure 'renew many: CPU of the CA for each, tokens against -Transport Tls' -Unit 'ms' -Ours $costs['ours server'] -Reference $costs['tls server'] -AtMost 1
    if ($process.Command) {
        Get-Line -Figure "renew many: the cmdlet against $each" -Unit '/s' -Ours $costs['ours rate'] -Reference $costs['process rate'] -AtLeast 3
    }
    else {
        Get-MissingLine -Figure 'renew many: the cmdlet against a process per certificate' -Reason $process.Reason
    }
}

function Measure-Cost {
    <#
    .SYNOPSIS
        The cost of a script block that returns how many it did: how many a second (rate), and the CPU of this process (client) and of
        a server (server) for each, in milliseconds.
    #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', 'Server', Justification = 'The block uses it.')]
    param([Parameter(Mandatory)] [scriptblock] $Script, [Parameter(Mandatory)] [Diagnostics.Process] $Server)
    $own = [Diagnostics.Process]::GetCurrentProcess()
    $read = { foreach ($process in $own, $Server) { $process.Refresh(); $process.TotalProcessorTime.TotalMilliseconds } }
    $before = & $read
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $count = & $Script
    $seconds = $watch.Elapsed.TotalSeconds
    $after = & $read
    $own.Dispose()
    @{ rate = $count / $seconds; client = ($after[0] - $before[0]) / $count; server = ($after[1] - $before[1]) / $count }
}

function Get-RenewProcess {
    <# .SYNOPSIS The command that renews one certificate in a process of its own: step, else curl, which keeps no answer. #>
    param([Parameter(Mandatory)] [psobject] $Ca)
    if (-not (Get-Tool 'xargs')) { return [pscustomobject]@{ Name = $null; Command = $null; Reason = 'there is no xargs to start them' } }
    if (Get-Tool 'step') {
        $command = 'step', 'ca', 'renew', '--force', '--ca-url', $Ca.Url, '--root', $Ca.RootPath, '{}.crt', '{}.key'
        return [pscustomobject]@{ Name = 'step ca renew'; Command = $command; Reason = $null }
    }
    if (Get-Tool 'curl') {
        $command = 'curl', '--silent', '--show-error', '--fail', '--http1.1', '--output', '/dev/null', '--cacert', $Ca.RootPath, '--cert', '{}.crt', '--key', '{}.key', '--data', '', "$($Ca.Url)/1.0/renew"
        return [pscustomobject]@{ Name = 'curl'; Command = $command; Reason = $null }
    }
    [pscustomobject]@{ Name = $null; Command = $null; Reason = 'there is neither step nor curl' }
}
