function Measure-RenewMany {
    <#
    .SYNOPSIS
        Renewals a second at one real step-ca: of the cmdlet, with its flushes and without, of a bare loop, and of a process
        per certificate. The same pairs are renewed in each run.
    #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    $ca = Get-BenchCa $Bench
    if ($ca.Reason) { return Get-MissingLine -Figure 'renew many' -Reason $ca.Reason }
    $workers = 16
    $folder = Get-BenchPair -Bench $Bench -Name 'renew' -Count (Get-BenchCount -Bench $Bench -Full 400) -Ca $ca -Due
    $certificates = [StepCaRenew.Benchmarks.Bare.BareRenewal]::Load($folder)
    $port = ([uri] $ca.Url).Port

    $renew = {
        $results = Invoke-StepRenewal -Path $folder -StepPath $ca.Folder -Force -ThrottleLimit $workers -RetryTimeout '0s' -ProgressAction SilentlyContinue
        Assert-Result -Result $results -Status 'Renewed' -Count $certificates.Count
    }
    $ways = [ordered]@{
        ours    = { Measure-Rate $renew }
        bare    = { Measure-Rate { [StepCaRenew.Benchmarks.Bare.BareRenewal]::Run($certificates, '127.0.0.1', $port, $ca.RootPath, $workers) } }
        noFlush = { Use-NoFlush { Measure-Rate $renew } }
    }
    $process = Get-RenewProcess $ca
    if ($process.Command) {
        $sampled = Get-BenchPair -Bench $Bench -Name 'renew-process' -Count (Get-BenchCount -Bench $Bench -Full 40) -Ca $ca -Due
        $sample = Get-PairSample -Folder $sampled -Count 40
        $ways['process'] = { Measure-ProcessRate -Pair $sample -AtATime 2 -Command $process.Command }
    }

    # .NET compiles what runs often once more, and better; for thousands of renewals that takes a part of a core.
    $rates = Measure-Interleaved -Way $ways -Repeats $Bench.Repeats -WarmUp (Get-BenchCount -Bench $Bench -Full 6)
    $each = "$($process.Name), a process per certificate, 2 at a time"
    $given = if ($process.Command) { ' To {0}, it gives {1}.' -f $each, (Format-Number (Get-Quartile $rates['process']).Median 'renewals/s') }
    Get-Line -Figure 'renew many: the bare loop itself, 16 workers, against 530/s' -Unit '/s' -Ours $rates['bare'] -Reference 530 -AtLeast 0.8 -Note "This machine, or this hour of it, is slower than the one that the bars were found on.$given"
    Get-Line -Figure 'renew many: the cmdlet against the bare loop' -Unit '/s' -Ours $rates['ours'] -Reference $rates['bare'] -AtLeast 0.75
    Get-Line -Figure 'renew many: the cmdlet without its flushes against the bare loop' -Unit '/s' -Ours $rates['noFlush'] -Reference $rates['bare'] -AtLeast 0.85
    if ($process.Command) {
        Get-Line -Figure "renew many: the cmdlet against $each" -Unit '/s' -Ours $rates['ours'] -Reference $rates['process'] -AtLeast 3
    }
    else {
        Get-MissingLine -Figure 'renew many: the cmdlet against a process per certificate' -Reason $process.Reason
    }
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
