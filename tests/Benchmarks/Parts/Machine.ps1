function Get-MachineDescription {
    <# .SYNOPSIS The machine and the software that were measured: figures without them mean nothing. #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    $load = if (Test-Path -LiteralPath '/proc/loadavg') { (Get-Content -LiteralPath '/proc/loadavg' -Raw).Split(' ')[0] } else { 'unknown' }
    [ordered]@{
        Date           = [DateTimeOffset]::UtcNow.ToString('yyyy-MM-dd HH:mm', [cultureinfo]::InvariantCulture) + ' UTC'
        Processor      = Get-ProcessorName
        Cores          = [Environment]::ProcessorCount
        Memory         = '{0:0.0} GB' -f ([GC]::GetGCMemoryInfo().TotalAvailableMemoryBytes / 1GB)
        System         = [Runtime.InteropServices.RuntimeInformation]::OSDescription
        Kernel         = if ($IsWindows) { [Environment]::OSVersion.VersionString } else { "$(& uname -sr)" }
        'File system'  = [IO.DriveInfo]::new($Bench.Folder).DriveFormat
        'Load before'  = $load
        '.NET'         = [Environment]::Version.ToString()
        PowerShell     = $PSVersionTable.PSVersion.ToString()
        StepCaRenew    = (Import-PowerShellDataFile -LiteralPath $Bench.Manifest).ModuleVersion
        ReadyToRun     = if (Test-ReadyToRun $Bench) { 'yes' } else { 'no' }
        Repeats        = $Bench.Repeats
    }
}

function Get-ProcessorName {
    <# .SYNOPSIS The processor's model. #>
    if ($IsLinux) {
        $line = Get-Content -LiteralPath '/proc/cpuinfo' | Where-Object { $_ -cmatch '^(model name|Model)\s*:' } | Select-Object -First 1
        if ($line) { return ($line -split ':', 2)[1].Trim() }
    }
    if ($IsMacOS) { return "$(& sysctl -n machdep.cpu.brand_string)" }
    if ($env:PROCESSOR_IDENTIFIER) { return $env:PROCESSOR_IDENTIFIER }
    [Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture.ToString()
}

function Test-ReadyToRun {
    <# .SYNOPSIS Whether this PowerShell loads the engine compiled in advance: from its platform's folder in lib. #>
    param([Parameter(Mandatory)] [psobject] $Bench)
    # An empty folder: the engine is loaded, and nothing is measured yet.
    Get-StepCertificate -LiteralPath $Bench.Folder > $null
    $core = [Runtime.Loader.AssemblyLoadContext]::All | ForEach-Object Assemblies | Where-Object { $_.GetName().Name -eq 'StepCaRenew.Core' }
    (Split-Path (Split-Path $core.Location) -Leaf) -ne 'lib'
}
