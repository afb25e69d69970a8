function Use-NoFlush {
    <#
    .SYNOPSIS
        Runs a script block while Core leaves out its flushes, which only a benchmark may ask of it.
    .DESCRIPTION
        There is no parameter for it, and there must be none: a pair that was not flushed may be half a pair after a power
        loss. The cost of a flush depends on the disk and not on the module, hence a figure without.
    #>
    param([Parameter(Mandatory)] [scriptblock] $Script)
    $core = Get-CoreAssembly
    $type = $core.GetType('StepCaRenew.FileSystem.Flushing')
    $switch = if ($type) { $type.GetProperty('IsSkipped', [Reflection.BindingFlags] 'Static, NonPublic, Public') }
    if (-not $switch) { throw 'This StepCaRenew.Core has no StepCaRenew.FileSystem.Flushing.IsSkipped: what its flushes cost can''t be measured.' }
    $switch.SetValue($null, $true)
    try {
        & $Script
    }
    finally {
        $switch.SetValue($null, $false)
    }
}

function Get-CoreAssembly {
    <# .SYNOPSIS The library of the imported module. PowerShell loads it when a cmdlet first runs, and not with the module. #>
    Get-StepCertificate -LiteralPath (Join-Path ([IO.Path]::GetTempPath()) 'no such certificate.crt') -ErrorAction Ignore > $null
    $core = @([Runtime.Loader.AssemblyLoadContext]::All | ForEach-Object Assemblies | Where-Object { $_.GetName().Name -eq 'StepCaRenew.Core' })
    if ($core.Count -ne 1) { throw "StepCaRenew.Core is loaded $($core.Count) times: flushes can't be left out of one." }
    $core[0]
}
