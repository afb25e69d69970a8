function Measure-CheckMany {
    <#
    .SYNOPSIS
        Pairs a second, none of them due: of the cmdlet, of a bare loop on all cores, and of a process per certificate.
    #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    $count = Get-BenchCount -Bench $Bench -Full 10000
    $folder = Get-BenchPair -Bench $Bench -Name 'check' -Count $count
    $cores = [Environment]::ProcessorCount
    $ways = [ordered]@{
        ours = { Measure-Rate { Assert-Result -Result (Invoke-StepRenewal -Path $folder -ProgressAction SilentlyContinue) -Status 'NotDue' -Count $count } }
        bare = { Measure-Rate { [StepCaRenew.Benchmarks.Bare.BareCheck]::Run($folder) } }
        get  = { Measure-Rate { Assert-Result -Result (Get-StepCertificate -Path $folder) -Count $count } }
    }
    $process = Get-CheckProcess
    if ($process.Command) {
        $sample = Get-PairSample -Folder $folder -Count (Get-BenchCount -Bench $Bench -Full 200)
        $inspect = Get-Tool 'step'
        if ($inspect) { $ways['inspect'] = { Measure-ProcessRate -Pair $sample -AtATime $cores -Command $inspect, 'certificate', 'inspect', '--short', '{}.crt' } }
        $ways['process'] = { Measure-ProcessRate -Pair $sample -AtATime $cores -Command $process.Command -ExitCode $process.ExitCode }
    }

    $rates = Measure-Interleaved -Way $ways -Repeats $Bench.Repeats
    $each = "$($process.Name), a process per certificate, $cores at a time"
    $given = if ($process.Command) { ' To {0}, it gives {1}.' -f $each, (Format-Number (Get-Quartile $rates['process']).Median 'checks/s') }
    Get-Line -Figure 'check many: the bare loop itself, all cores, against 7,000/s' -Unit '/s' -Ours $rates['bare'] -Reference 7000 -AtLeast 0.8 -Note "This machine, or this hour of it, is slower than the one that the bars were found on.$given"
    Get-Line -Figure 'check many: Invoke-StepRenewal against the bare loop' -Unit '/s' -Ours $rates['ours'] -Reference $rates['bare'] -AtLeast 0.8
    Get-Line -Figure 'check many: Get-StepCertificate against the bare loop' -Unit '/s' -Ours $rates['get'] -Reference $rates['bare']
    if ($process.Command) {
        Get-Line -Figure "check many: Invoke-StepRenewal against $each" -Unit '/s' -Ours $rates['ours'] -Reference $rates['process'] -AtLeast 40
        if ($inspect) { Get-Line -Figure "check many: Get-StepCertificate against step certificate inspect, a process per certificate, $cores at a time" -Unit '/s' -Ours $rates['get'] -Reference $rates['inspect'] }
    }
    else {
        Get-MissingLine -Figure 'check many: Invoke-StepRenewal against a process per certificate' -Reason $process.Reason
    }
}

function Get-CheckProcess {
    <# .SYNOPSIS The command that checks one certificate in a process of its own: step, else openssl, which reads no key. #>
    param()
    if (-not (Get-Tool 'xargs')) { return [pscustomobject]@{ Name = $null; Command = $null; Reason = 'there is no xargs to start them' } }
    if (Get-Tool 'step') {
        # Its exit code 1 says "not due", which xargs turns into 123.
        return [pscustomobject]@{ Name = 'step certificate needs-renewal'; Command = 'step', 'certificate', 'needs-renewal', '{}.crt'; ExitCode = 123 }
    }
    if (Get-Tool 'openssl') {
        # A third of 24 hours: what step and we take for due.
        return [pscustomobject]@{ Name = 'openssl x509 -checkend'; Command = 'openssl', 'x509', '-checkend', '28800', '-noout', '-in', '{}.crt'; ExitCode = 0 }
    }
    [pscustomobject]@{ Name = $null; Command = $null; Reason = 'there is neither step nor openssl' }
}
